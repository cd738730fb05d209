// Submits the page's form; without scripts its button does.
document.getElementById("send-at-once").submit();
