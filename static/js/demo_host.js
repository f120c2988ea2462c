// Writes down what the page is told (docs/embedding.md).
const told = document.getElementById("told");
for (const type of ["ready", "slot.selected", "booking.confirmed", "booking.rescheduled", "booking.cancelled", "close"]) {
  document.addEventListener("firsthand:" + type, (event) => {
    const line = document.createElement("li");
    line.textContent = `${type} ${JSON.stringify(event.detail)}`;
    told.append(line);
  });
}
