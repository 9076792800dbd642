// Cases of processes: late ones first; where each is, for how long, and where people may bring it.
import { computed, effect, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { cases, clockOffset, hello, type Case } from "../live";
import { t } from "../text";
import { momentText, spanText } from "../text/format";
import { casesThen, moveCase, processes, report, type Process, type ProcessReport } from "./api";
import { Icon } from "./icons";
import { EntityLink } from "./ledger";
import { Choices, Empty, beat } from "./parts";
import { playhead } from "./playback";
import { isConnected, isPast } from "./state";

const ROLES = ["view", "operate", "admin"];
const MOST_SHOWN = 200;
const THEN_MS = 400;

/** What is declared; empty where the world has no processes. */
export const declared = signal<Process[]>([]);
const then = signal<Case[]>([]);
const shown = computed(() => (isPast.value ? then.value : cases.value));

export function CasesPanel() {
  const [wanted, setWanted] = useState<"open" | "times">("open");
  return (
    <div class="cases">
      <div class="panel-tools">
        <Choices
          label={t("cases.which")} chosen={wanted} onChoose={setWanted}
          options={[{ value: "open", text: t("cases.open", { n: shown.value.length }) }, { value: "times", text: t("cases.times") }]}
        />
      </div>
      {wanted === "times" ? <Times /> : <OpenCases />}
    </div>
  );
}

function OpenCases() {
  if (!shown.value.length) return <Empty>{t("cases.none")}</Empty>;
  return <ul class="rows" role="list" aria-label={t("tab.cases")}>{shown.value.slice(0, MOST_SHOWN).map((each) => <CaseRow key={each.number} of={each} />)}</ul>;
}

function CaseRow({ of }: { of: Case }) {
  const [problem, setProblem] = useState("");
  void beat.value; // how long it has been there goes on
  const now = isPast.value ? playhead.value : (Date.now() + clockOffset.value) * 1e6;
  const state = declared.value.find((each) => each.name === of.process)?.states.find((each) => each.name === of.state);
  const role = ROLES.indexOf(hello.value?.role ?? "view");
  const ways = isPast.value ? [] : (state?.next ?? []).filter((each) => each.by && ROLES.indexOf(each.by) <= role);
  const move = (to: string) => moveCase(of.number, to).then(() => setProblem(""), (error: Error) => setProblem(error.message));
  return (
    <li class={`case ${of.late_ns ? "case-late" : ""}`} data-case={of.number}>
      <div class="grow">
        <div class="case-what"><b>{of.process} {of.number}</b><EntityLink id={of.entity} /></div>
        <div class="alarm-facts">
          <b>{of.state}</b>
          <span title={momentText(of.since_ns)}>{t("alarms.for", { span: spanText(Math.max(1, Math.round((now - of.since_ns) / 1e9))) })}</span>
          {of.late_ns > 0 && <span class="case-mark"><Icon name="clock" size={12} />{t("cases.late")}</span>}
        </div>
        {problem && <div class="problem" role="alert">{problem}</div>}
        {ways.length > 0 && (
          <div class="buttons">
            {ways.map((each) => <button key={each.to} type="button" class="button small" onClick={() => move(each.to)}>{each.to}</button>)}
          </div>
        )}
      </div>
    </li>
  );
}

/** How long each state takes, by what is recorded; the one that holds all up stands first. */
function Times() {
  const [told, setTold] = useState<ProcessReport[] | null>(null);
  const [problem, setProblem] = useState("");
  if (told === null && !problem) report().then(setTold, (error: Error) => setProblem(error.message));
  if (problem) return <p class="problem" role="alert">{problem}</p>;
  if (!told?.length) return <Empty>{t("cases.none")}</Empty>;
  return <>{told.map((each) => <TimesTable key={each.process} of={each} />)}</>;
}

function TimesTable({ of }: { of: ProcessReport }) {
  const secs = (value: number | null) => (value === null ? "–" : spanText(value));
  return (
    <section class="section" aria-label={of.process}>
      <h3 class="section-title"><span>{of.process}</span><span class="faint">{t("cases.counted", { closed: of.closed, open: of.open })}</span></h3>
      <div class="scroll-x">
        <table>
          <thead><tr><th>{t("cases.state")}</th><th>{t("cases.mean")}</th><th>{t("cases.longest")}</th><th>{t("cases.queue")}</th></tr></thead>
          <tbody>
            {of.states.map((each) => (
              <tr key={each.name} class={each.name === of.bottleneck ? "bottleneck" : ""}>
                <th scope="row">{each.name}{each.late > 0 && <span class="case-mark"> {t("cases.lateTimes", { n: each.late })}</span>}</th>
                <td>{secs(each.mean_secs)}</td><td>{secs(each.p95_secs)}</td><td>{each.queue === null ? "–" : each.queue.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {of.bottleneck && of.states.length > 1 && <p class="hint panel-hint">{t("cases.bottleneck", { state: of.bottleneck })}</p>}
    </section>
  );
}

/** Learn what is declared, and go with the moment that is shown. */
export function watchCases(): void {
  effect(() => {
    if (isConnected.value) processes().then((told) => (declared.value = told), () => (declared.value = []));
  });
  let waiting = 0;
  effect(() => {
    clearTimeout(waiting);
    if (!isPast.value || !declared.value.length) return;
    const at = playhead.value;
    waiting = window.setTimeout(() => casesThen(at).then((told) => (then.value = told), () => (then.value = [])), THEN_MS);
  });
}
