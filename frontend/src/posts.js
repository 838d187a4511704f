// The composer: texts of single outlets, print pieces of the chosen campaign, and finding a village; the queue.
// Counting is the server's (posts/_counters.html); nothing here is needed to save a post.
const form = document.getElementById("materi-form");

if (form) {
  const base = form.querySelector("[data-base-text]");
  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-base], [data-drop-own]");
    if (!button) return;
    const details = button.closest("details");
    const own = details.querySelector("[data-own-text]");
    if (button.dataset.copyBase !== undefined) {
      own.value = base.value;
      own.focus();
    } else {
      own.value = "";
      details.open = false;
      details.querySelector("summary").focus();
    }
    changed(own);
  });

  const campaign = form.querySelector("[name=campaign_id]");
  const narrow = () => {
    for (const option of form.querySelectorAll("[data-piece-select] option[data-campaign]")) {
      option.hidden = option.disabled = option.dataset.campaign !== campaign.value;
      if (option.disabled) option.selected = false;
    }
  };
  campaign.addEventListener("change", narrow);
  narrow();

  const search = form.querySelector("[data-village-search]");
  const list = form.querySelector("[data-village-list]");
  const find = () => {
    const words = search.value.trim().toLowerCase();
    for (const district of list.querySelectorAll("[data-district]")) {
      const whole = words && district.querySelector("summary").textContent.toLowerCase().includes(words);
      let any = false;
      for (const village of district.querySelectorAll("[data-village]")) {
        const fits = !words || whole || village.textContent.toLowerCase().includes(words);
        village.hidden = !fits;
        any ||= fits;
      }
      district.hidden = !any;
      district.open = words ? any : Boolean(district.querySelector("input:checked"));
    }
  };
  search?.addEventListener("input", (event) => {
    event.stopPropagation();
    find();
  });
  search?.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

// the reason is asked for where the thumb is
for (const details of document.querySelectorAll(".decide-no")) {
  details.addEventListener("toggle", () => details.open && details.querySelector("textarea").focus());
}
