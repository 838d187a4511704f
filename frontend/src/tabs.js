// On a narrow screen the tabs scroll sideways: the one that is open stands in sight.
for (const line of document.querySelectorAll(".tabs-line")) {
  const open = line.querySelector("[aria-current]");
  if (open) line.scrollLeft = open.offsetLeft - line.offsetLeft - (line.clientWidth - open.offsetWidth) / 2;
}
