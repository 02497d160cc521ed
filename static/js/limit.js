// Says how much room is left in a box with a limit, counted as the server counts (collective/typed/forms.py):
// each sign once, an emoji and a line break too. The box takes more, so that nothing pasted is cut without a word.
(() => {
  const PAUSE = 700
  const length = (text) => [...text.trim()].length
  const words = (number) => number === 1 ? "1 character" : `${number} characters`
  const said = (left, limit) => {
    if (left < 0) return `Please shorten this by ${words(-left)}.`
    return left <= limit / 10 ? `There is room for ${words(left)} more.` : ""
  }

  for (const box of document.querySelectorAll("textarea[data-limit]")) {
    const limit = Number(box.dataset.limit)
    const note = document.createElement("p")
    note.className = "hint"
    note.setAttribute("role", "status") // said once the person pauses, not with each key
    box.after(note)
    const say = () => { note.textContent = said(limit - length(box.value), limit) }
    let timer = null
    box.addEventListener("input", () => {
      clearTimeout(timer)
      timer = setTimeout(say, PAUSE)
    })
    say()
  }
})()
