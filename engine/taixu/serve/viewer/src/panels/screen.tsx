// What scripts and mods show, over the picture: cards at its corners, each with the mod's mark, and the chat. A mod gives texts
// and numbers only; nothing of it is ever markup.
import { useEffect, useRef, useState } from "preact/hooks";
import { hello, screen, type Widget } from "../live";
import { t } from "../text";
import { pressButton, say, submitText } from "./api";
import { isPast } from "./state";

const COLUMNS = [
  ["top_left", "left", "bottom_left"],
  ["top", "center", "bottom"],
  ["top_right", "right", "bottom_right"],
];

export function ScreenCards() {
  const { widgets, chat } = screen.value;
  if (isPast.value || (!widgets.length && !chat.open)) return null;
  return (
    <section class="screen" aria-label={t("screen.label")}>
      {COLUMNS.map((corners) => (
        <div key={corners[0]} class="screen-column">
          {corners.map((corner) => (
            <div key={corner} class="screen-corner">
              {cardsOf(widgets.filter((each) => each.corner === corner)).map(([owner, mine]) => (
                <Card key={owner} owner={owner} widgets={mine} />
              ))}
              {corner === "bottom_left" && chat.open && <Chat />}
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}

/** Widgets by who shows them, from above to below. */
function cardsOf(widgets: Widget[]): [string, Widget[]][] {
  const found = new Map<string, Widget[]>();
  for (const each of widgets) found.set(each.owner, [...(found.get(each.owner) ?? []), each]);
  for (const mine of found.values()) mine.sort((a, b) => a.offset[1] - b.offset[1]);
  return [...found];
}

const isMod = (owner: string) => !owner.startsWith("#");

function hue(text: string): number {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)!) % 360;
  return sum;
}

function Mark({ owner }: { owner: string }) {
  return (
    <p class="screen-mark">
      <i style={{ background: `hsl(${hue(owner)} 62% 68%)` }} />
      {owner}
    </p>
  );
}

function Card({ owner, widgets }: { owner: string; widgets: Widget[] }) {
  return (
    <div class="screen-card">
      {isMod(owner) && <Mark owner={owner} />}
      {widgets.map((each) => (
        <Part key={each.name} widget={each} />
      ))}
    </div>
  );
}

function Part({ widget }: { widget: Widget }) {
  switch (widget.kind) {
    case "button":
      return (
        <button type="button" class="screen-button" disabled={!mayAct()} onClick={() => void quietly(pressButton(widget.owner, widget.name))}>
          {widget.text}
        </button>
      );
    case "bar":
      return (
        <div class="screen-bar" role="meter" aria-label={widget.text || widget.name} aria-valuenow={Math.round((widget.value ?? 0) * 100)}>
          {widget.text && <span>{widget.text}</span>}
          <div>
            <i style={{ width: `${(widget.value ?? 0) * 100}%`, background: widget.color ?? "" }} />
          </div>
        </div>
      );
    case "input":
      return <Field label={widget.hint || widget.name} text={widget.text} send={(text) => submitText(widget.owner, widget.name, text)} />;
    case "map":
      return <Map_ widget={widget} />;
    default:
      return (
        <p class="screen-text" style={{ fontSize: `${widget.size ?? 1}em`, color: widget.color ?? "" }}>
          {widget.text}
        </p>
      );
  }
}

function Map_({ widget }: { widget: Widget }) {
  const colors = widget.colors ?? [];
  return (
    <svg class="screen-map" viewBox="0 0 100 100" role="img" aria-label={t("screen.map", { name: widget.name })}>
      {[25, 50, 75].map((at) => (
        <path key={at} d={`M${at} 0V100M0 ${at}H100`} />
      ))}
      {(widget.dots ?? []).map(([right, down, wide], i) => {
        const across = Math.max(2, Math.min(50, wide * 100));
        const place = (part: number) => Math.min(1, Math.max(0, part)) * (100 - across) + across / 2;
        return <circle key={i} cx={place(right)} cy={place(down)} r={across / 2} fill={colors[i] ?? colors.at(-1) ?? "#4ad1b2"} />;
      })}
    </svg>
  );
}

function Field({ label, text, send }: { label: string; text: string; send: (text: string) => Promise<unknown> }) {
  const [written, write] = useState(text);
  useEffect(() => write(text), [text]);
  return (
    <form
      class="screen-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (written.trim()) void quietly(send(written));
        write(text);
      }}
    >
      <input type="text" maxLength={300} value={written} placeholder={label} aria-label={label} disabled={!mayAct()} onInput={(event) => write(event.currentTarget.value)} />
    </form>
  );
}

function Chat() {
  const { lines } = screen.value.chat;
  const end = useRef<HTMLDivElement>(null);
  const last = lines.at(-1)?.number;
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [last]);
  return (
    <div class="screen-card screen-chat">
      <div class="screen-lines" role="log" aria-label={t("screen.chat")} ref={end}>
        {lines.map((each) => (
          <div key={each.number}>
            {each.role === "mod" ? <Mark owner={each.who} /> : <p class={`screen-who screen-who-${each.role}`}>{each.who}</p>}
            <p class="screen-said">{each.text}</p>
          </div>
        ))}
      </div>
      {mayAct() && <Field label={t("screen.say")} text="" send={say} />}
    </div>
  );
}

const mayAct = () => hello.value !== null && hello.value.role !== "view";

/** What is refused (too fast, gone) shows by nothing happening. */
async function quietly(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error: unknown) => console.info(String(error)));
}
