// Loaded before the editor, so that it hears when that is ready.
// The section editor: keeps what is typed, offers it back, says who else is here. Without it the form works as a form.
(() => {
  const form = document.getElementById("write")
  if (!form) return
  const kept = document.getElementById("kept")
  const others = document.getElementById("others")
  const mine = `unsaved:${form.dataset.who}:${form.dataset.keep}:`
  const PAUSE = 1500, AT_LEAST = 3000, LOOK = 20000
  let editor = null, timer = null, first = 0, changed = false, sending = false, leaving = null

  const fields = () => {
    const data = new FormData(form)
    data.delete("leave")
    return data
  }
  // Heard by a screen reader, so the same is said once, however often it is done: the time stands beside it, to be seen.
  const say = (text) => { if (kept.textContent !== text) kept.textContent = text }
  const when = document.getElementById("kept-at")
  const sayWhen = (text) => { if (when) when.textContent = text }

  // Each page has its key: another tab, or a page that comes back out of the browser's memory, never writes over it.
  const page = form.elements.page
  const becomeAnother = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16)) // randomUUID is only there with HTTPS
    page.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  }

  // On this device, only while the server does not have it.
  const keepHere = () => {
    const typed = Object.fromEntries([...fields()].filter(([name]) => name !== "csrfmiddlewaretoken"))
    try { localStorage.setItem(mine + page.value, JSON.stringify(typed)) } catch { /* private windows may refuse */ }
  }
  const forgetHere = (key = mine + page.value) => { try { localStorage.removeItem(key) } catch { /* as above */ } }

  const told = (answer) => {
    const names = answer.others.join(", ")
    const started = Number(form.elements.started_from.value)
    const parts = []
    if (names) parts.push(`${names} ${answer.others.length === 1 ? "is" : "are"} editing this section now. If you both save, you will see both texts and choose.`)
    if (answer.removed) parts.push("Somebody took this section out. When you save, your text is kept, and you can put the section back.")
    else if (answer.version > started) parts.push("Somebody saved this section after you opened it. When you save, you will see both texts and choose.")
    const text = parts.join(" ")
    if (others.textContent !== text) others.textContent = text
  }

  const post = (address, data, more = {}) =>
    fetch(address, { method: "POST", body: data, redirect: "manual", headers: { Accept: "application/json" }, ...more })

  // Somebody who signed in again in another tab has a new token: the old one of this page is refused.
  const takeNewToken = async () => {
    const answer = await fetch(form.action, { redirect: "manual" })
    if (!answer.ok) return false
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#write [name=csrfmiddlewaretoken]")
    if (!fresh) return false
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = fresh.value
    return true
  }
  const send = async (address, data, more) => {
    const answer = await post(address, data, more)
    if (answer.status !== 403 || !(await takeNewToken())) return answer
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    return post(address, data, more)
  }

  const trouble = async (error) => {
    const safe = "What you typed is kept on this device"
    if (!(error instanceof Response)) return `There is no connection. ${safe}, and we try again.`
    if (error.status === 413) return `${(await error.json()).error} ${safe}.`
    if (error.status >= 500) return `Something went wrong on our side. ${safe}, and we try again.`
    return `You may have been signed out. ${safe}: sign in in another tab, then save.`
  }

  const keep = async () => {
    clearTimeout(timer)
    if (!changed || sending) return
    changed = false
    first = 0
    sending = true
    leaving = new AbortController()
    keepHere()
    try {
      const answer = await send(form.dataset.keep, fields(), { signal: leaving.signal })
      if (!answer.ok) throw answer
      const said = await answer.json()
      if (said.ended) { // saved or let go in another tab, and typed on here: it is a text of its own
        forgetHere()
        becomeAnother()
        changed = true
        return
      }
      if (!changed) forgetHere()
      say(said.differs ? "What you typed is kept for you. It is not saved yet." : "")
      sayWhen(said.differs ? `Last kept at ${said.kept}.` : "")
      told(said)
    } catch (error) {
      if (error.name === "AbortError") return
      changed = true
      say(await trouble(error))
      later(5000)
    } finally {
      sending = false
      if (changed && !timer) later(PAUSE)
    }
  }
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(() => { timer = null; keep() }, wait) }

  const typed = () => {
    const now = Date.now()
    first = first || now
    changed = true
    later(Math.max(0, Math.min(PAUSE, first + AT_LEAST - now)))
  }
  form.addEventListener("input", typed)
  form.addEventListener("change", typed)

  // The page is hidden, closed or swiped away: the last words go out with it.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) {
      keepHere()
      navigator.sendBeacon(form.dataset.keep, fields())
    }
  })
  window.addEventListener("pagehide", () => {
    const data = new FormData()
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    data.set("gone", "1")
    navigator.sendBeacon(form.dataset.here, data)
  })
  window.addEventListener("pageshow", (event) => { if (event.persisted) becomeAnother() })
  const LEFT_OUT = {
    struck: "Struck-out words were left out",
    hidden: "Hidden words were left out",
    comments: "Comments were left out",
    tracked: "Words that a tracked change took out were left out",
  }
  document.addEventListener("left-out", ({ detail }) => {
    const said = Object.entries(LEFT_OUT)
      .filter(([why]) => detail[why].length)
      .map(([why, words]) => `${words}: ${detail[why].map((passage) => `“${passage}”`).join(", ")}.`)
    if (detail.pictures) said.push("A picture was left out: pictures cannot be pasted. Put it in with “Add a picture”, below.")
    document.getElementById("left-out").textContent = said.join(" ")
  })

  // Saved, and the writer stays where they are; the page that comes back is only for what needs an answer.
  const saved = (said) => {
    form.elements.started_from.value = said.version
    for (const input of form.querySelectorAll("[name=also]")) input.remove()
    forgetHere()
    becomeAnother()
    document.querySelector("h1").textContent = said.heading
    history.replaceState(null, "", form.action)
    say(`Saved at ${said.saved}.`)
    sayWhen("")
  }
  const save = async () => {
    if (sending) return setTimeout(save, 50)
    sending = true
    say("Saving …")
    try {
      const answer = await send(form.action, fields())
      if (answer.ok) saved(await answer.json())
      else if (answer.status < 500) form.submit() // both texts, what is wrong, or signing in
      else throw answer
    } catch (error) {
      changed = true
      say(await trouble(error))
    } finally {
      sending = false
      if (changed) later(PAUSE)
    }
  }
  // A save takes what is typed along; what is still on its way to be kept must not come after it.
  form.addEventListener("submit", (event) => {
    keepHere()
    changed = false
    clearTimeout(timer)
    timer = null
    leaving?.abort()
    if (!("stay" in form.dataset) || event.submitter?.name === "leave") return
    event.preventDefault()
    setTimeout(save) // after the editor has handed over its text
  })

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault()
      form.requestSubmit(form.querySelector("button[type=submit]"))
    }
  })

  const look = async () => {
    const data = new FormData()
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    try {
      const answer = await post(form.dataset.here, data)
      if (answer.ok) told(await answer.json())
    } catch { /* the next look tells */ }
  }
  setInterval(look, LOOK)

  // What this device kept because the server could not: hand it over, page by page, then offer it like the rest.
  const handOver = async (key) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(JSON.parse(localStorage.getItem(key)))) data.set(name, value)
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    const answer = await send(form.dataset.keep, data)
    if (!answer.ok) throw answer
    forgetHere(key)
    return (await answer.json()).differs
  }
  const recover = async () => {
    let keys = []
    try { keys = Object.keys(localStorage).filter((key) => key.startsWith(mine)) } catch { return }
    let differs = false
    for (const key of keys) {
      try { differs = (await handOver(key)) || differs } catch { /* it stays on this device, and keeps no other from being recovered */ }
    }
    if (differs && !changed && !document.getElementById("unsaved")) location.assign(form.dataset.unsaved)
  }

  form.addEventListener("prose-editor:ready", (event) => {
    editor = event.detail.editor
    form.dataset.ready = "yes"
  })

  const pictures = document.getElementById("picture-form")
  pictures?.addEventListener("submit", async (event) => {
    if (!editor) return
    event.preventDefault()
    const wrong = document.getElementById("picture-error")
    wrong.hidden = true
    try {
      const answer = await send(pictures.action, new FormData(pictures))
      const said = await answer.json()
      if (said.errors) {
        wrong.textContent = said.errors.join(" ")
        wrong.hidden = false
        return
      }
      editor.chain().focus().insertContent(said.html).run()
      pictures.reset()
      pictures.closest("details").open = false
    } catch {
      wrong.textContent = "The picture could not be sent. Please try again."
      wrong.hidden = false
    }
  })
  if ("recover" in form.dataset) recover()
})()
