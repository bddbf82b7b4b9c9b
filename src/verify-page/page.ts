import "./without-eval.ts";
import { storyOf } from "../verifier/story.ts";
import { webVerifyTools } from "../verifier/web-tools.ts";
import { hex, utf8 } from "../workflow/evidence/verify/bytes.ts";
import type { Later } from "../workflow/evidence/verify/later.ts";
import { readBundle, type Reading } from "../workflow/evidence/verify/reading.ts";
import { verifyReading } from "../workflow/evidence/verify/verify.ts";
import { visible } from "../workflow/visible-text.ts";
import { element, named } from "./element.ts";
import { dropped, fromFolder, fromTar, TooLarge, type Given, type NamedFile } from "./given-files.ts";
import { laterFrom } from "./later-files.ts";
import { storyPanels } from "./show-story.ts";
import { checksPanel, limitsPanel, verdictBand } from "./show-verdict.ts";

// Taken before anything is changed: the build writes the file so that a browser gives it back byte for byte.
const source = `<!doctype html>${document.documentElement.outerHTML}`;

const main = named("main", HTMLElement);
const status = named("status", HTMLElement);
const trust = named("trust", HTMLTextAreaElement);
const zone = named("zone", HTMLElement);

let given: Given | undefined;
let later: Later = {};
/** Only the last question is answered: a slow one must not overwrite it. */
let asked = 0;

const verify = async (): Promise<void> => {
  asked += 1;
  const mine = asked;
  if (given === undefined) return;
  const bundle = given;
  status.textContent = `Checking ${visible(bundle.name)} …`;
  const signers = trust.value.trim() === "" ? "none" : { allowedSigners: utf8(withEnd(trust.value)) };
  const reading = await readBundle(bundle.files, bundle.odd, signers, webVerifyTools, later);
  const verdict = await verifyReading(reading);
  const own = hex(await webVerifyTools.sha256(utf8(source)));
  const rests =
    signers === "none"
      ? "No trust given: paste the owner's allowed_signers to learn whose signatures these are."
      : `Trust: allowed_signers, sha256 ${hex(await webVerifyTools.sha256(signers.allowedSigners))}, given by you.`;
  if (mine !== asked) return;
  const limits = [...OF_THE_PAGE, ...(bundle.kind === "folder" ? OF_A_FOLDER : []), ofThePageInside(reading, own)];
  main.replaceChildren(
    verdictBand(verdict, whatOf(bundle, reading), rests),
    element("div", { class: "two" }, checksPanel(verdict), limitsPanel(verdict.notClaimed, limits)),
    element(
      "p",
      { class: "quiet gap" },
      verdict.verdict === "FAIL"
        ? "What follows is what the files say. They did not verify."
        : "What follows is what the files say. Whose word each line is stands beside it.",
    ),
    ...storyPanels(storyOf(reading)),
  );
  status.textContent = `${verdict.verdict}: ${visible(bundle.name)}`;
};

const OF_THE_PAGE: readonly string[] = [
  "that this page is the one that was published: a page that lay in the bundle is the bundle's word",
];
const OF_A_FOLDER: readonly string[] = [
  "that the folder holds no links and no empty folders: a browser does not tell; a tar, or cto verify, does",
];

const ofThePageInside = (reading: Reading, own: string): string => {
  const inside = reading.digest("verify.html");
  if (inside === undefined) return "anything about a page inside this bundle: it holds none";
  return inside === own
    ? "more about the page inside this bundle than that it is this page"
    : "anything about the page inside this bundle: it is another one than this";
};

const whatOf = ({ name }: Given, { manifest }: Reading): string =>
  manifest === undefined ? name : `${manifest.run}, ${manifest.work}, ${manifest.ending}`;

/** Pasting loses the last line feed of a file more often than not. */
const withEnd = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

const take = async (reading: () => Promise<Given | undefined>): Promise<void> => {
  try {
    status.textContent = "Reading …";
    given = await reading();
    await verify();
    document.getElementById("verdict")?.focus();
  } catch (error) {
    given = undefined;
    main.replaceChildren();
    const why =
      error instanceof TooLarge
        ? `${error.message} This page cannot check it; cto verify can.`
        : "The files could not be read.";
    status.textContent = visible(why);
  }
};

const takeFolder = (files: readonly NamedFile[]): Promise<void> =>
  take(async () => (files.length === 0 ? undefined : fromFolder(files)));

named("folder", HTMLInputElement).addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  void takeFolder([...(target.files ?? [])].map((file) => ({ path: file.webkitRelativePath, file })));
});
named("tar", HTMLInputElement).addEventListener("change", ({ target }) => {
  const file = target instanceof HTMLInputElement ? target.files?.[0] : undefined;
  if (file !== undefined) void take(() => fromTar(file));
});
named("signers", HTMLInputElement).addEventListener("change", ({ target }) => {
  const file = target instanceof HTMLInputElement ? target.files?.[0] : undefined;
  void file?.text().then((text) => {
    trust.value = text;
    return verify();
  });
});
named("later", HTMLInputElement).addEventListener("change", ({ target }) => {
  const files = target instanceof HTMLInputElement ? [...(target.files ?? [])] : [];
  void laterFrom(files).then((read) => {
    later = read;
    return verify();
  });
});
trust.addEventListener("input", () => void verify());
addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
addEventListener("dragleave", () => zone.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  const { items } = event.dataTransfer ?? {};
  if (items === undefined) return;
  const files = dropped(items);
  void take(async () => {
    const read = await files;
    return read instanceof File ? fromTar(read) : fromFolder(read);
  });
});

const showOwnDigest = async (): Promise<void> => {
  if (globalThis.crypto?.subtle === undefined) {
    status.textContent = "This browser has no WebCrypto here. Nothing can be checked.";
    return;
  }
  named("own", HTMLElement).textContent = hex(await webVerifyTools.sha256(utf8(source)));
};
void showOwnDigest();
