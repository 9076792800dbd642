// The ledger: what was asked of devices, and how far it has come.
import { useState } from "preact/hooks";
import { commands, hello, type Command } from "../live";
import { selected, view, type Id } from "../store";
import { t } from "../text";
import { clockText, momentText, spanText, unitText } from "../text/format";
import { confirm } from "./api";
import { controlTitle } from "./control_form";
import { plainText } from "./details_text";
import { Icon, SeverityMark, isSeverity } from "./icons";
import { useName } from "./names";
import { Choices, Empty } from "./parts";
import { endScrub, recorded, scrub } from "./playback";
import { isPast, mayOperate, showDetails } from "./state";

/** Numbers of the page are exact to a quarter of a microsecond: this much later it has happened for certain. */
const AFTER_NS = 1e6;

/** Kind of the mark that an alarm was over. */
export const OVER = "alarm_over";

const REACHED: Record<Command["state"], number> = { waiting: 0, sent: 1, acknowledged: 2, observed: 3, refused: 0, failed: 0, "timed out": 0 };

/** sent → acknowledged → observed, with how long each took; or why it went no further. */
export function LedgerSteps({ command, unit }: { command: Command; unit: string }) {
  const ended = command.state === "refused" || command.state === "failed" || command.state === "timed out";
  const reached = ended ? (command.acknowledged_ns ? 2 : command.sent_ns ? 1 : 0) : REACHED[command.state];
  const took = (time_ns: number) => (time_ns && command.asked_ns ? `+${spanText((time_ns - command.asked_ns) / 1e9)}` : "");
  const steps = [
    { name: t("command.sent"), time: "" },
    { name: t("command.acknowledged"), time: took(command.acknowledged_ns) },
    { name: t("command.observed"), time: command.state === "observed" ? took(command.ended_ns) : "" },
  ];
  return (
    <div class={`ledger ledger-${command.state.replace(" ", "-")}`} data-command={command.number} data-state={command.state}>
      <div class="ledger-what">
        <b>{plainText(command.value)} {unitText(unit)}</b>
        <time class="faint" title={momentText(command.asked_ns)}>{clockText(command.asked_ns)}</time>
        <span class="faint ellipsis">{command.by}</span>
      </div>
      <ol class="steps">
        {steps.map((each, i) => (
          <li key={each.name} class={i < reached ? "step-done" : ended ? "step-never" : i === reached ? "step-next" : ""}>
            {i < reached && <Icon name="check" size={12} />}
            <span>{each.name}</span>
            {i < reached && each.time && <span class="faint">{each.time}</span>}
          </li>
        ))}
      </ol>
      {command.state === "waiting" && <Waiting command={command} />}
      {command.confirmed_by && <p class="faint">{t("command.confirmedBy", { name: command.confirmed_by })}</p>}
      {ended && <p class="problem"><b>{stateText(command.state)}</b>{command.why && `: ${command.why}`}</p>}
    </div>
  );
}

/** A command that two persons must agree to: the second may do so here. */
function Waiting({ command }: { command: Command }) {
  const [problem, setProblem] = useState("");
  const isOther = hello.value?.name !== command.by;
  return (
    <div class="confirm">
      <p>{t("command.waiting")}</p>
      {isOther && mayOperate.value && !isPast.value ? (
        <div class="buttons">
          <button type="button" class="button primary" onClick={() => confirm(command.number).then(() => setProblem(""), (error: Error) => setProblem(error.message))}>{t("command.confirm")}</button>
        </div>
      ) : <p class="faint">{t("command.confirmOther")}</p>}
      {problem && <p class="problem" role="alert">{problem}</p>}
    </div>
  );
}

export function stateText(state: Command["state"]): string {
  return state === "timed out" ? t("command.timedOut") : t(`command.${state}`);
}

export function LedgerPanel() {
  const [shown, show] = useState<"commands" | "events">("commands");
  return (
    <>
      <div class="panel-tools">
        <Choices label={t("events.which")} chosen={shown} onChoose={show} options={[{ value: "commands", text: t("command.title") }, { value: "events", text: t("events.title") }]} />
      </div>
      {shown === "commands" ? <CommandList /> : <EventList />}
    </>
  );
}

/** What the recording noted, newest first; each leads to its moment. */
function EventList() {
  const marks = [...(recorded.value?.marks ?? [])].reverse();
  if (!marks.length) return <Empty>{t("events.none")}</Empty>;
  return (
    <ul class="rows" role="list" aria-label={t("events.title")}>
      {marks.map((each, i) => (
        <li key={`${each.time_ns} ${i}`}>
          <button type="button" class="row event" title={t("events.see")} onClick={() => (scrub(each.time_ns + AFTER_NS), endScrub())}>
            {isSeverity(each.severity) ? <SeverityMark severity={each.severity} active={each.kind !== OVER} /> : <Icon name="command" size={14} />}
            <span class="grow">{each.kind === OVER ? t("events.over", { text: each.text }) : each.text}</span>
            <time class="faint" title={momentText(each.time_ns)}>{clockText(each.time_ns)}</time>
          </button>
        </li>
      ))}
    </ul>
  );
}

function CommandList() {
  const all = commands.value;
  if (!all.length) return <Empty>{t("command.none")}</Empty>;
  return <ul class="rows ledger-list" role="list" aria-label={t("command.title")}>{all.map((each) => <LedgerRow key={each.number} command={each} />)}</ul>;
}

function LedgerRow({ command }: { command: Command }) {
  return (
    <li class="ledger-row">
      <div class="ledger-head">
        <EntityLink id={command.entity} />
        <span class="faint">{controlTitle({ name: command.control })}</span>
      </div>
      <LedgerSteps command={command} unit="" />
    </li>
  );
}

export function EntityLink({ id }: { id: Id }) {
  const name = useName(id);
  return (
    <button type="button" class="link ellipsis" aria-current={selected.value === id} onClick={() => (showDetails(id), view.value?.goTo(id))}>
      {name}
    </button>
  );
}
