// Says which time zone this device is set to, and offers it; the person still saves it.
addEventListener("load", () => {
  const line = document.getElementById("device-zone")
  const select = document.querySelector("select[name=time_zone]")
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!line || !select || !zone || zone === "Europe/London" || select.value === zone) return
  if (![...select.options].some((option) => option.value === zone)) return
  const words = zone.replaceAll("_", " ")
  const button = document.createElement("button")
  button.type = "button"
  button.className = "plain-button"
  button.textContent = `Choose ${words}`
  button.addEventListener("click", () => {
    select.value = zone
    select.focus()
  })
  line.textContent = `This device is set to ${words}. `
  line.append(button)
  line.hidden = false
})
