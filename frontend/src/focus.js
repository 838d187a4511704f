// The summary of errors is what a screen reader should hear first.
document.querySelector("[data-focus]")?.focus();
