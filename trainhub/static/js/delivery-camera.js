// A few photographs at random moments, where the sitting asks for them and the candidate agrees. Without a camera,
// or without consent, the desk is told and the exam simply goes on.

const LAST_MS = 15000;
const STEP_MS = 500;
const FINAL = [401, 403, 409];
const WIDTH = 640;
const LOADS_MS = 8000;
const AGAIN_MS = 4000;

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

// How much time is left when the next of some photographs is due: drawn as the first of so many moments that lie anywhere in
// the time that the candidate still has, so that none tells when the next one comes.
export function leftWhenDue(left, missing, chance) {
  const span = left - Math.min(LAST_MS, left / 10);
  return left - span * (1 - chance ** (1 / missing));
}

// Time that stands still in a pause, or is given, moves the moment with it.
async function untilDue(root, left, missing) {
  const due = leftWhenDue(left(), missing, Math.random());
  while (!isShown(root, "ended") && (left() > due || isShown(root, "paused"))) await later(STEP_MS);
}

async function takeAll(root, post, wanted, left, onMissed) {
  let missing = wanted;
  let missed = 0;
  while (missing - missed > 0 && left() > 0) {
    await untilDue(root, left, missing - missed);
    if (!isShown(root, "working") || root.dataset.photos === "withdrawn") return;
    const jpeg = await takePicture().catch(() => null);
    try {
      if (jpeg !== null) ({ wanted: missing } = await post("photo", { jpeg }));
    } catch (problem) {
      if (FINAL.includes(problem.status)) return;
      // Without network the next moment may do; what the server does not take is missing.
      if (!problem.status) continue;
      missed += 1;
      onMissed();
    }
    if (jpeg === null) {
      missed += 1;
      onMissed();
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

function offerToWithdraw(root, post) {
  const box = part(root, "photo-agreed");
  box.hidden = false;
  part(root, "photo-withdraw").addEventListener("click", () => withdraw(root, post, box), { once: true });
}

// From here on the page takes no more, also while the word is on its way; what comes then is refused by the server.
async function withdraw(root, post, box) {
  root.dataset.photos = "withdrawn";
  part(root, "photo-withdraw").setAttribute("aria-disabled", "true");
  for (;;) {
    const refused = await post("camera", { agrees: false }).then(() => null, (problem) => problem);
    if (!refused) break;
    part(root, "photo-withdrawing").hidden = false;
    // A machine that was left may not say it any more; its page is covered.
    if (refused.status === 401) return;
    await later(AGAIN_MS);
  }
  // Whoever went on answering meanwhile is not called away from it.
  const hasFocus = box.contains(document.activeElement);
  box.hidden = true;
  part(root, "photo-withdrawn").hidden = false;
  if (hasFocus) part(root, "photo-withdrawn").focus();
}

// left(): milliseconds that the candidate has, by the server's clock.
export async function askForPhotos(root, post, left, { onNone, onMissed }) {
  // Where the sitting takes none, the page has no box to ask in, and nothing is asked of the server.
  if (!part(root, "photo-consent")) return;
  try {
    const rule = await post("camera", { agrees: null });
    let { agrees } = rule;
    if (!rule.wanted && !agrees) return;
    if (agrees === null) {
      agrees = await askCandidate(root);
      await post("camera", { agrees });
    }
    if (agrees) offerToWithdraw(root, post);
    const hasCamera = Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
    if (!agrees || !hasCamera) onNone();
    else await takeAll(root, post, rule.wanted, left, onMissed);
  } catch (problem) {
    // Photographs never stand in the way of the exam.
  }
}
