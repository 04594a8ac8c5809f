/* Before the first paint: scripts are there, and the rail is as wide as the person left it. */
document.documentElement.classList.add("js");
