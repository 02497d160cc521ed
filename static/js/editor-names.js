// The library's editor: names and states of its parts for people who cannot see them (WCAG 2.2, 4.1.2).
// Loaded before the editor, so that it hears when that is ready.
document.addEventListener("prose-editor:ready", (event) => {
  const box = event.target.closest(".prose-editor")
  const text = box.querySelector("[contenteditable]")
  text.setAttribute("role", "textbox")
  text.setAttribute("aria-multiline", "true")
  text.setAttribute("aria-label", "Text of the section")
  const NAMES = { "heading 3": "heading", "heading 4": "small heading", "unordered list": "list", "ordered list": "numbered list" }
  const STAYS = /^(heading|bold|italic|bulletList|orderedList|paragraph|quote|definitions|link$)/ // else it acts, and has no state
  const states = () => {
    const bar = box.querySelector(".prose-menubar")
    if (!bar) return
    bar.setAttribute("role", "group")
    bar.setAttribute("aria-label", "Form of the text")
    for (const button of bar.querySelectorAll("button")) {
      const values = { "aria-disabled": button.classList.contains("disabled") }
      if (STAYS.test(button.dataset.name)) values["aria-pressed"] = button.classList.contains("active")
      const name = NAMES[button.title]
      if (name) button.title = button.ariaLabel = name
      for (const [name, value] of Object.entries(values)) {
        if (button.getAttribute(name) !== String(value)) button.setAttribute(name, String(value))
      }
    }
  }
  states()
  new MutationObserver(states).observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] })
})
