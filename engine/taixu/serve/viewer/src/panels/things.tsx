// What there is: search by name, key or kind, or by a sentence, and layers by device kind.
import { useEffect, useRef, useState } from "preact/hooks";
import { PicturesSwitch } from "../pictures/switch";
import { agesShown, fencesShown, hiddenKinds, labelsShown, layers, selected, view, type Layer } from "../store";
import { t, tOr } from "../text";
import { clockText, countText, dayText, numberText, unitText } from "../text/format";
import { Refused, search, searchWords, type Found } from "./api";
import { Icon } from "./icons";
import { Empty, IconButton, Section } from "./parts";
import { showDetails } from "./state";

const TYPING_MS = 150;
/** A sentence is asked for when nobody types on: half of one means something else. */
const SENTENCE_MS = 500;
const SHORTEST_SENTENCE = 3;

export function Things() {
  const [text, setText] = useState("");
  return (
    <div class="things">
      <SearchBox text={text} onText={setText} />
      {text.trim() ? <Results text={text.trim()} /> : <Layers />}
    </div>
  );
}

function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest("input, textarea, select");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        box.current?.focus();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={box} type="search" value={text} placeholder={t("search.placeholder")} aria-label={t("search.label")} autocomplete="off" spellcheck={false}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onText("");
          if (event.key === "ArrowDown") document.querySelector<HTMLElement>(".results button")?.focus();
        }}
      />
      {text ? <IconButton icon="close" label={t("search.clear")} onClick={() => (onText(""), box.current?.focus())} /> : <kbd class="only-wide">/</kbd>}
    </div>
  );
}

type Answer = { state: "asking" } | { state: "found"; found: Found[]; why?: string } | { state: "wrong"; why: string };

/** Who is called so; where nobody is, what the text asks for as a sentence, or why it does not. */
async function ask(text: string, signal: AbortSignal, onSentence: () => void): Promise<Answer> {
  const named = await search(text, signal);
  if (named.length || text.length < SHORTEST_SENTENCE) return { state: "found", found: named };
  if (!signal.aborted) onSentence();
  await new Promise((resolve) => setTimeout(resolve, SENTENCE_MS));
  if (signal.aborted) return { state: "asking" };
  return searchWords(text, signal).then(
    (found): Answer => ({ state: "found", found }),
    (error: Error): Answer => {
      if (error instanceof Refused && error.status < 500) return { state: "found", found: [], why: error.message };
      throw error;
    },
  );
}

function Results({ text }: { text: string }) {
  const [answer, setAnswer] = useState<Answer>({ state: "asking" });
  useEffect(() => {
    const ending = new AbortController();
    const timer = setTimeout(() => {
      ask(text, ending.signal, () => setAnswer({ state: "asking" })).then(
        (told) => ending.signal.aborted || setAnswer(told),
        (error: Error) => ending.signal.aborted || setAnswer({ state: "wrong", why: error.message }),
      );
    }, TYPING_MS);
    return () => (clearTimeout(timer), ending.abort());
  }, [text]);
  if (answer.state === "wrong") return <Empty>{answer.why}</Empty>;
  if (answer.state === "asking") return <Empty>{t("search.asking")}</Empty>;
  if (!answer.found.length) return <Empty>{answer.why ? t("search.why", { text, why: answer.why }) : t("search.nothing", { text })}</Empty>;
  const walk = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
    rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(document.activeElement as HTMLElement) + by))]?.focus();
  };
  return (
    <ul class="results rows" role="list" aria-label={t("search.results")} onKeyDown={walk}>
      {answer.found.map((each) => (
        <li key={each.id}>
          <button type="button" class="row" aria-current={selected.value === each.id} onClick={() => go(each)}>
            <span class="grow">
              <span class="found-name ellipsis">{each.name || each.id}</span>
              {each.because?.length || each.distance_m !== undefined ? <span class="found-because faint ellipsis">{becauseText(each)}</span> : null}
            </span>
            <span class="faint">{kindText(each.kind)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The value because of which it was found, and when it was so. */
function becauseText(found: Found): string {
  const first = found.because?.[0];
  if (!first) return found.distance_m === undefined ? "" : `${numberText(found.distance_m)} m`;
  const value = typeof first.value === "number" ? `${numberText(first.value)} ${unitText(first.unit)}`.trim() : first.value;
  if (first.at_ns === undefined) return value;
  const isToday = dayText(first.at_ns) === dayText(Date.now() * 1e6);
  return `${value} · ${isToday ? "" : `${dayText(first.at_ns)} `}${clockText(first.at_ns)}`;
}

function go(found: Found): void {
  showDetails(found.id);
  if (view.value?.placeOf(found.id)) view.value.goTo(found.id);
  else if (found.at) view.value?.goTo({ at: found.at, from: 8 });
}

/** What a kind is called: known words in the chosen language, others as the world writes them. */
export function kindText(kind: string): string {
  return kind ? tOr(`kind.${kind}`, kind[0]!.toUpperCase() + kind.slice(1).replaceAll("_", " ")) : t("kind.none");
}

function Layers() {
  const shown = [...layers.value].sort((a, b) => Number(!a.kind) - Number(!b.kind)); // what is no device comes last
  return (
    <>
      <Section title={t("layers.title")}>
        {shown.length ? <ul class="rows" role="list">{shown.map((each) => <LayerRow key={each.kind} layer={each} />)}</ul> : <Empty>{t("layers.none")}</Empty>}
      </Section>
      <Section title={t("show.title")}>
        <ul class="rows" role="list">
          <Switch text={t("show.labels")} of={labelsShown} />
          <Switch text={t("show.fences")} of={fencesShown} />
          <Switch text={t("show.ages")} of={agesShown} />
          <PicturesSwitch />
        </ul>
      </Section>
    </>
  );
}

function LayerRow({ layer }: { layer: Layer }) {
  const turn = () => {
    const hidden = new Set(hiddenKinds.value);
    if (!hidden.delete(layer.kind)) hidden.add(layer.kind);
    hiddenKinds.value = hidden;
  };
  return (
    <li>
      <button type="button" role="switch" class={`row layer ${layer.shown ? "" : "layer-hidden"}`} aria-checked={layer.shown} onClick={turn}>
        <Icon name={layer.shown ? "eye" : "eyeOff"} />
        <span class="grow ellipsis">{kindText(layer.kind)}</span>
        <span class="number">{countText(layer.count)}</span>
      </button>
    </li>
  );
}

function Switch({ text, of }: { text: string; of: { value: boolean } }) {
  return (
    <li>
      <button type="button" role="switch" class="row" aria-checked={of.value} onClick={() => (of.value = !of.value)}>
        <span class="grow">{text}</span>
        <span class="switch" aria-hidden="true" />
      </button>
    </li>
  );
}
