// Marks in the list of contents beside a draft where the reader is, and keeps that line in sight.
(() => {
  const list = document.querySelector(".contents")
  let here = null
  const mark = (part) => {
    here?.removeAttribute("aria-current")
    here = list.querySelector(`a[href="#${part.firstElementChild.id}"]`)
    here.setAttribute("aria-current", "location")
    const place = here.offsetTop - list.scrollTop
    if (place < 0 || place + here.offsetHeight > list.clientHeight) list.scrollTop = here.offsetTop - list.clientHeight / 2
  }
  // A section is where the reader is once it crosses a line a third of the way down the window.
  const seen = new IntersectionObserver((rows) => rows.filter((row) => row.isIntersecting).forEach((row) => mark(row.target)),
    { rootMargin: "-33% 0px -67%" })
  for (const part of document.querySelectorAll(".reader .part")) seen.observe(part)
})()
