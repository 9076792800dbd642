// Two moments side by side: what differs between them.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Plain } from "../live";
import { t } from "../text";
import { clockText, momentText, unitText } from "../text/format";
import { compare } from "./api";
import { fieldTitle, plainText } from "./details_text";
import { EntityLink } from "./ledger";
import { Empty, IconButton } from "./parts";
import { playhead } from "./playback";

interface Difference {
  id: string;
  name?: string;
  field?: string;
  unit?: string;
  a: Plain;
  b: Plain;
}

type Outcome = { state: "asking" } | { state: "wrong"; why: string } | { state: "found"; differences: Difference[] };

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
  compare(a_ns, b_ns).then((told) => show({ state: "found", differences: differencesOf(told) }), (error: Error) => show({ state: "wrong", why: error.message }));
}

/** What the server found, as rows. */
export function differencesOf(told: Record<string, unknown>): Difference[] {
  const listed = (told["differs"] ?? told["differences"] ?? told["changed"] ?? []) as Difference[];
  return Array.isArray(listed) ? listed : [];
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
          {outcome.state === "found" && (outcome.differences.length ? <Differences listed={outcome.differences} /> : <Empty>{t("compare.same")}</Empty>)}
        </>
      )}
    </dialog>
  );
}

function Differences({ listed }: { listed: Difference[] }) {
  return (
    <div class="scroll-y">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("compare.thing")}</th>
            <th scope="col">{t("compare.field")}</th>
            <th scope="col" class="number">{t("compare.before")}</th>
            <th scope="col" class="number">{t("compare.after")}</th>
          </tr>
        </thead>
        <tbody>
          {listed.slice(0, 500).map((each) => (
            <tr key={each.id + (each.field ?? "")}>
              <th scope="row">{each.name ?? <EntityLink id={each.id} />}</th>
              <td>{each.field ? fieldTitle(each.field) : ""}</td>
              <td class="number">{plainText(each.a ?? null)} {unitText(each.unit ?? "")}</td>
              <td class="number"><b>{plainText(each.b ?? null)}</b> {unitText(each.unit ?? "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
