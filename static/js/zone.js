// Says which time zone this device is set to, and offers it; the person still saves it.
addEventListener("load", function () {
  var line = document.getElementById("device-zone"), select = document.querySelector("select[name=time_zone]");
  var name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!line || !select || !name || name === "Europe/London" || select.value === name) return;
  if (!Array.prototype.some.call(select.options, function (one) { return one.value === name; })) return;
  var button = document.createElement("button");
  button.type = "button";
  button.className = "plain-button";
  button.textContent = "Choose " + name.replace(/_/g, " ");
  button.addEventListener("click", function () { select.value = name; select.focus(); });
  line.textContent = "This device is set to " + name.replace(/_/g, " ") + ". ";
  line.appendChild(button);
  line.hidden = false;
});
