// Sends the page's one form off; without scripts its button does.
document.getElementById("send-at-once").submit();
