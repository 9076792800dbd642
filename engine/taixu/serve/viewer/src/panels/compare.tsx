// Two moments side by side: what differs between them.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { FieldValue } from "../live";
import type { Id } from "../store";
import { t } from "../text";
import { clockText, momentText, unitText } from "../text/format";
import { compare, entityThen } from "./api";
import { fieldTitle, plainText } from "./details_text";
import { EntityLink } from "./ledger";
import { useName } from "./names";
import { Empty, IconButton, Section } from "./parts";
import { playhead } from "./playback";

const MOST_THINGS = 100;

type Fields = Record<string, FieldValue>;

interface Listed {
  count: number;
  entities: Id[];
}

/** What `/history/compare` says: who came, who went, and whose value is another, by field. */
export interface Differences {
  came: Listed;
  went: Listed;
  changed: Record<string, Listed>;
}

type Outcome = { state: "asking" } | { state: "wrong"; why: string } | { state: "found"; found: Differences };

/** The moment that others are compared with. */
const marked = signal<number | null>(null);
const compared = signal<{ a_ns: number; b_ns: number; outcome: Outcome } | null>(null);

export function CompareButtons() {
  const mark = marked.value;
  return (
    <>
      <button type="button" class="button" title={t("compare.markLong")} onClick={() => (marked.value = playhead.value)}>
        {mark === null ? t("compare.mark") : t("compare.marked", { time: clockText(mark) })}
      </button>
      {mark !== null && <button type="button" class="button" title={t("compare.withLong")} onClick={() => ask(mark, playhead.value)}>{t("compare.with")}</button>}
    </>
  );
}

function ask(a_ns: number, b_ns: number): void {
  const show = (outcome: Outcome) => (compared.value = { a_ns, b_ns, outcome });
  show({ state: "asking" });
  compare(a_ns, b_ns).then((found) => show({ state: "found", found }), (error: Error) => show({ state: "wrong", why: error.message }));
}

export function CompareDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = compared.value;
  useEffect(() => {
    if (shown && !dialog.current!.open) dialog.current!.showModal();
    if (!shown) dialog.current?.close();
  }, [shown]);
  const outcome = shown?.outcome;
  return (
    <dialog ref={dialog} class="dialog" aria-label={t("compare.title")} onClose={() => (compared.value = null)}>
      {shown && outcome && (
        <>
          <header class="details-head">
            <div class="grow">
              <h2>{t("compare.title")}</h2>
              <p class="faint">{momentText(shown.a_ns)} → {momentText(shown.b_ns)}</p>
            </div>
            <IconButton icon="close" label={t("details.close")} onClick={() => (compared.value = null)} />
          </header>
          {outcome.state === "asking" && <Empty>{t("search.asking")}</Empty>}
          {outcome.state === "wrong" && <Empty>{outcome.why}</Empty>}
          {outcome.state === "found" && <Found a_ns={Math.min(shown.a_ns, shown.b_ns)} b_ns={Math.max(shown.a_ns, shown.b_ns)} found={outcome.found} />}
        </>
      )}
    </dialog>
  );
}

function Found({ a_ns, b_ns, found }: { a_ns: number; b_ns: number; found: Differences }) {
  const things = thingsOf(found);
  if (!things.length && !found.came.count && !found.went.count) return <Empty>{t("compare.same")}</Empty>;
  return (
    <div class="scroll-y">
      <Listing title={t("compare.came", { n: found.came.count })} listed={found.came} />
      <Listing title={t("compare.went", { n: found.went.count })} listed={found.went} />
      {things.slice(0, MOST_THINGS).map(([id, fields]) => <ThingRow key={id} id={id} fields={fields} a_ns={a_ns} b_ns={b_ns} />)}
      {things.length > MOST_THINGS && <Empty>{t("measures.more", { n: things.length - MOST_THINGS })}</Empty>}
    </div>
  );
}

/** Which fields of which things are other, things with the most first. */
export function thingsOf(found: Differences): [Id, string[]][] {
  const fields = new Map<Id, string[]>();
  for (const [field, listed] of Object.entries(found.changed)) for (const id of listed.entities) fields.set(id, [...(fields.get(id) ?? []), field]);
  return [...fields].sort((a, b) => b[1].length - a[1].length);
}

function Listing({ title, listed }: { title: string; listed: Listed }) {
  if (!listed.count) return null;
  return (
    <Section title={title}>
      <p class="tags">{listed.entities.slice(0, MOST_THINGS).map((id) => <span class="tag" key={id}><EntityLink id={id} /></span>)}</p>
    </Section>
  );
}

/** A thing whose values are other; opened, it says from what to what. */
function ThingRow({ id, fields, a_ns, b_ns }: { id: Id; fields: string[]; a_ns: number; b_ns: number }) {
  const [told, setTold] = useState<[Fields, Fields] | null>(null);
  const name = useName(id);
  const open = () => told ?? Promise.all([entityThen(id, a_ns), entityThen(id, b_ns)]).then(([a, b]) => setTold([a.fields, b.fields]), () => setTold([{}, {}]));
  const rows = told ? [...new Set([...Object.keys(told[0]), ...Object.keys(told[1])])].filter((field) => !same(told[0][field]?.value, told[1][field]?.value)) : [];
  return (
    <details class="difference" onToggle={open}>
      <summary>
        <b class="ellipsis">{name}</b>
        <span class="faint ellipsis">{fields.map(fieldTitle).join(", ")}</span>
      </summary>
      {told && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("compare.field")}</th>
              <th scope="col" class="number">{t("compare.before")}</th>
              <th scope="col" class="number">{t("compare.after")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((field) => (
              <tr key={field}>
                <th scope="row">{fieldTitle(field)}</th>
                <td class="number">{plainText(told[0][field]?.value ?? null, true)} {unitText(told[0][field]?.unit ?? "")}</td>
                <td class="number"><b>{plainText(told[1][field]?.value ?? null, true)}</b> {unitText(told[1][field]?.unit ?? "")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
