// A few photographs at random moments, where the sitting asks for them and the candidate agrees. Without a camera,
// or without consent, the desk is told and the exam simply goes on.

const EARLIEST_MS = 60000;
const LATEST_MS = 45 * 60000;
const WIDTH = 640;
const LOADS_MS = 8000;

const later = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

function isShown(root, view) {
  return !root.querySelector(`[data-view="${view}"]`).hidden;
}

async function takePicture() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: WIDTH } }, audio: false });
  try {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    await Promise.race([video.play(), later(LOADS_MS).then(() => { throw new Error("no picture"); })]);
    await later(700);
    const canvas = document.createElement("canvas");
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

async function takeAll(root, post, wanted, onNone) {
  let left = wanted;
  const span = Number(root.dataset.photoSpan) || LATEST_MS;
  while (left > 0) {
    await later(Math.min(EARLIEST_MS, span / 10) + (Math.random() * span) / wanted);
    if (!isShown(root, "working")) {
      // A pause passes, and the exam goes on with the next moment.
      if (isShown(root, "paused")) continue;
      return;
    }
    const jpeg = await takePicture().catch(() => null);
    if (jpeg === null) {
      onNone();
      return;
    }
    try {
      ({ wanted: left } = await post("photo", { jpeg }));
    } catch (problem) {
      // A refusal is final; without network the next moment may do.
      if (problem.status) return;
    }
  }
}

function askCandidate(root) {
  const box = part(root, "photo-consent");
  if (!box) return Promise.resolve(false);
  box.hidden = false;
  return new Promise((resolve) => {
    const answer = (agrees) => { box.hidden = true; resolve(agrees); };
    part(root, "photo-yes").addEventListener("click", () => answer(true));
    part(root, "photo-no").addEventListener("click", () => answer(false));
  });
}

export async function askForPhotos(root, post, onNone) {
  // Where the sitting takes none, the page has no box to ask in, and nothing is asked of the server.
  if (!part(root, "photo-consent")) return;
  try {
    const rule = await post("camera", { agrees: null });
    if (!rule.wanted) return;
    let { agrees } = rule;
    if (agrees === null) {
      agrees = await askCandidate(root);
      await post("camera", { agrees });
    }
    const hasCamera = Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
    if (!agrees || !hasCamera) onNone();
    else await takeAll(root, post, rule.wanted, onNone);
  } catch (problem) {
    // Photographs never stand in the way of the exam.
  }
}
