"use strict";
// Curves: a pointer or the arrow keys read the values at an epoch; boxes show and hide lines.
for (const figure of document.querySelectorAll("figure.curves")) {
  const { frame, percent, at: opened, lines } = JSON.parse(figure.querySelector("script.data").textContent);
  const svg = figure.querySelector("svg"), cross = svg.querySelector(".cross");
  const [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
  const left = Number(svg.querySelector(".grid").getAttribute("x1")), right = Number(svg.querySelector(".grid").getAttribute("x2"));
  const written = (value) => percent ? (100 * value).toPrecision(3) + " %" : value.toPrecision(4);
  // What a line says of an epoch: nothing beyond its ends; between two of its rows, what is drawn there.
  const read = (line, epoch) => {
    const after = line.x.findIndex((other) => other >= epoch);
    if (after < 0 || epoch < line.x[0]) return "–";
    const exact = line.x[after] === epoch, before = exact ? after : after - 1;
    if (line.y[before] === null || line.y[after] === null) return "not finite";
    if (exact) return written(line.y[after]);
    const share = (epoch - line.x[before]) / (line.x[after] - line.x[before]);
    const [from, to] = [line.y[before], line.y[after]].map((y) => frame.is_log ? Math.log(y) : y);
    const value = from + share * (to - from);
    return "≈ " + written(frame.is_log ? Math.exp(value) : value);
  };
  const epochs = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  let at = Math.max(0, epochs.indexOf(opened));
  const show = (place) => {
    at = Math.max(0, Math.min(epochs.length - 1, place));
    const epoch = epochs[at], x = left + (epoch - frame.first) / (frame.last - frame.first) * (right - left);
    cross.setAttribute("x1", x);
    cross.setAttribute("x2", x);
    figure.querySelector("output.at").textContent = "epoch " + epoch.toLocaleString("en");
    lines.forEach((line, number) => {
      figure.querySelector(`output[data-line="${number}"]`).textContent = read(line, epoch);
    });
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * width;
    const epoch = frame.first + (x - left) / (right - left) * (frame.last - frame.first);
    let nearest = 0;
    epochs.forEach((other, place) => { if (Math.abs(other - epoch) < Math.abs(epochs[nearest] - epoch)) nearest = place; });
    show(nearest);
  });
  svg.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      event.preventDefault();
      show(at + steps[event.key]);
    }
  });
  for (const box of figure.querySelectorAll("input[type=checkbox]")) {
    const line = svg.querySelector(`path[data-line="${box.dataset.line}"]`);
    box.addEventListener("change", () => line.classList.toggle("hidden", !box.checked));
  }
  show(at);
}
// Snapshots: the slider moves the picture.
for (const figure of document.querySelectorAll("figure.snapshots")) {
  const slider = figure.querySelector("input"), images = [...figure.querySelectorAll("img")];
  slider.parentElement.hidden = false;
  const show = () => {
    images.forEach((image, place) => image.classList.toggle("shown", place === Number(slider.value)));
    figure.querySelector("output").textContent = images[slider.value].dataset.name;
  };
  slider.addEventListener("input", show);
  show();
}
