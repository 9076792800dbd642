// What can be asked of a device: a form, a rehearsal, a confirmation where it matters, and how far the command has come.
import { useState } from "preact/hooks";
import { alarms, commands, hello, type Command, type Plain, type Severity } from "../live";
import type { Id } from "../store";
import { t, tOr } from "../text";
import { numberText, unitText } from "../text/format";
import { beginFuture, command, rehearse, type Control, type Foresight } from "./api";
import { fieldTitle, plainText, titled } from "./details_text";
import { freeName, hasFutures, known as futuresKnown } from "./futures";
import { Icon, SeverityMark } from "./icons";
import { LedgerSteps } from "./ledger";
import { Choices } from "./parts";
import { isPast, mayOperate, openTab } from "./state";

/** A change by more than this part of a control's range is asked about again. */
const LARGE_PART = 0.25;
const NO_LIMIT = 1e14;
/** How far one looks ahead at what a command would do. */
const AHEAD_SECS = 300;

type Stage =
  | { at: "editing" }
  | { at: "confirming" }
  | { at: "asking"; what: "command" | "rehearse" }
  | { at: "rehearsed"; foresight: Foresight }
  | { at: "wrong"; why: string };

export function ControlForm({ control, entity, device, present }: { control: Control; entity: Id; device: string; present: Plain }) {
  const [wanted, setWanted] = useState<Plain>(null);
  const [stage, setStage] = useState<Stage>({ at: "editing" });
  const [sent, setSent] = useState<number | null>(null);
  const value = wanted ?? present ?? startOf(control);
  const change = (next: Plain) => (setWanted(next), setStage({ at: "editing" }));
  const busy = stage.at === "asking";
  const why = isPast.value ? t("controls.pastWhy") : roleDoubt(control);
  const isReady = isSendable(control, value);

  const send = () => {
    setStage({ at: "asking", what: "command" });
    command(control.name, entity, value).then(
      (told) => (setSent(told.number), setWanted(null), setStage({ at: "editing" }), remember(told)),
      (error: Error) => setStage({ at: "wrong", why: error.message }),
    );
  };
  const tryOut = () => {
    setStage({ at: "asking", what: "rehearse" });
    rehearse(control.name, entity, value).then((foresight) => setStage({ at: "rehearsed", foresight }), (error: Error) => setStage({ at: "wrong", why: error.message }));
  };
  const tryAhead = () => {
    const act = { control: control.name, of: `device.key == '${device}'`, value };
    const name = freeName(`${controlTitle(control)} ${plainText(value)}`, futuresKnown.peek().branches.map((each) => each.name));
    beginFuture({ name, seconds: AHEAD_SECS, do: [act] }).then(() => openTab("futures"), (error: Error) => setStage({ at: "wrong", why: error.message }));
  };
  const mine = commands.value.find((each) => each.entity === entity && each.control === control.name && (sent === null || each.number >= sent)) ?? null;
  return (
    <form
      class="control" aria-label={controlTitle(control)} data-control={control.name}
      onSubmit={(event) => (event.preventDefault(), needsConfirming(control, present, value) ? setStage({ at: "confirming" }) : send())}
    >
      <div class="control-head">
        <b>{controlTitle(control)}</b>
        <span class="faint">{t("controls.now", { value: withUnit(present, control.unit) })}</span>
      </div>
      <fieldset disabled={Boolean(why) || busy}>
        <ValueInput control={control} value={value} onChange={change} />
        {stage.at === "confirming" ? (
          <div class="confirm" role="alertdialog" aria-label={t("controls.confirm")}>
            <p>{t("controls.confirmText", { name: controlTitle(control), before: withUnit(present, control.unit), after: withUnit(value, control.unit) })}</p>
            <div class="buttons">
              <button type="button" class="button primary" ref={(button) => button?.focus()} onClick={send}>{t("controls.sendNow")}</button>
              <button type="button" class="button" onClick={() => setStage({ at: "editing" })}>{t("controls.cancel")}</button>
            </div>
          </div>
        ) : (
          <div class="buttons">
            <button type="submit" class="button primary" disabled={!isReady}>{stage.at === "asking" && stage.what === "command" ? t("controls.sending") : t("controls.send")}</button>
            <button type="button" class="button" disabled={!isReady} onClick={tryOut} title={t("controls.rehearseLong")}>{t("controls.rehearse")}</button>
            {hasFutures() && device && !device.includes("'") && <button type="button" class="button" disabled={!isReady} onClick={tryAhead} title={t("controls.tryAheadLong")}>{t("controls.tryAhead")}</button>}
          </div>
        )}
      </fieldset>
      {!why && control.two_persons && <p class="hint"><Icon name="people" size={12} />{t("controls.twoPersons")}</p>}
      {why && <p class="hint"><Icon name="lock" size={12} />{why}</p>}
      {stage.at === "wrong" && <p class="problem" role="alert">{stage.why}</p>}
      {stage.at === "rehearsed" && <ForesightView foresight={stage.foresight} control={control} />}
      {mine && <LedgerSteps command={mine} unit={control.unit} />}
    </form>
  );
}

/** Why who watches may not use it; nothing where he may. */
function roleDoubt(control: Control): string {
  if (!mayOperate.value) return t("role.operateNeeded");
  return control.role === "admin" && hello.value?.role !== "admin" ? t("role.adminNeeded") : "";
}

/** Until the news say so themselves. */
function remember(told: Command): void {
  if (!commands.value.some((each) => each.number === told.number)) commands.value = [told, ...commands.value];
}

function ValueInput({ control, value, onChange }: { control: Control; value: Plain; onChange: (value: Plain) => void }) {
  const label = controlTitle(control);
  if (control.choices.length) {
    if (control.choices.length <= 4) {
      return <Choices label={label} chosen={String(value)} onChoose={onChange} options={control.choices.map((each) => ({ value: each, text: tOr(`value.${each}`, each) }))} />;
    }
    return (
      <select class="input" aria-label={label} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
        {control.choices.map((each) => <option key={each} value={each}>{tOr(`value.${each}`, each)}</option>)}
      </select>
    );
  }
  if (control.kind === "bool") {
    return (
      <button type="button" role="switch" class="row" aria-checked={value === true} aria-label={label} onClick={() => onChange(!value)}>
        <span class="grow">{value ? t("value.on") : t("value.off")}</span>
        <span class="switch" aria-hidden="true" />
      </button>
    );
  }
  if (control.kind === "text") return <input class="input" type="text" maxLength={1000} aria-label={label} value={String(value)} onInput={(event) => onChange(event.currentTarget.value)} />;
  const limits = limitsOf(control);
  const step = limits ? niceStep(limits[1] - limits[0]) : "any";
  const change = (text: string) => Number.isFinite(Number(text)) && text !== "" && onChange(Number(text));
  const number = typeof value === "number" ? value : 0;
  return (
    <div class="number-input">
      {limits && (
        <input
          type="range" min={limits[0]} max={limits[1]} step={step} value={number} aria-label={label} aria-valuetext={withUnit(number, control.unit)}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      <input class="input number" type="number" inputMode="decimal" min={limits?.[0]} max={limits?.[1]} step="any" value={rounded(number)} aria-label={label} onInput={(event) => change(event.currentTarget.value)} />
      <span class="unit">{unitText(control.unit)}</span>
      {limits && <span class="limits faint">{numberText(limits[0])} – {numberText(limits[1])}</span>}
    </div>
  );
}

function ForesightView({ foresight, control }: { foresight: Foresight; control: Control }) {
  const open = new Set(alarms.value.filter((each) => !each.cleared_ns).map((each) => each.text));
  return (
    <div class={`foresight ${foresight.allowed ? "" : "foresight-no"}`} role="status">
      <b>{foresight.allowed ? t("rehearsal.allowed") : t("rehearsal.refused")}</b>
      {foresight.why && <p>{foresight.why}</p>}
      {foresight.foresees.slice(0, 8).map((each) => <p key={each.id + each.field}>{each.name ? `${each.name}: ` : ""}{fieldTitle(each.field)} → <b>{withUnit(each.value, each.unit ?? (each.field === control.field ? control.unit : ""))}</b></p>)}
      {foresight.alarms.map((each, i) => (
        <p key={i} class="foreseen-alarm"><SeverityMark severity={each.severity as Severity} />{each.text}{open.has(each.text) ? "" : ` (${t("rehearsal.newAlarm")})`}</p>
      ))}
      {foresight.ends?.map((each, i) => <p key={i} class="foreseen-alarm"><SeverityMark severity={each.severity as Severity} active={false} />{t("rehearsal.ends")}: {each.text}</p>)}
      {foresight.allowed && !foresight.alarms.length && <p class="faint">{t("rehearsal.noAlarms")}</p>}
    </div>
  );
}

export function controlTitle(control: { name: string }): string {
  return tOr(`control.${control.name}`, titled(control.name.replaceAll("_", " ")));
}

function withUnit(value: Plain, unit: string): string {
  return [plainText(value), value === null ? "" : unitText(unit)].filter(Boolean).join(" ");
}

function startOf(control: Control): Plain {
  if (control.kind === "bool") return false;
  return control.choices[0] ?? (control.kind === "text" ? "" : (limitsOf(control)?.[0] ?? 0));
}

/** Slider's ends, where the control has any. */
function limitsOf(control: Control): [number, number] | null {
  const { minimum, maximum } = control;
  return minimum !== null && maximum !== null && Math.abs(minimum) < NO_LIMIT && Math.abs(maximum) < NO_LIMIT ? [minimum, maximum] : null;
}

function niceStep(range: number): number {
  return range > 0 ? 10 ** Math.floor(Math.log10(range / 100)) : 1;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function isSendable(control: Control, value: Plain): boolean {
  if (typeof value !== "number") return value !== null && value !== "";
  const limits = limitsOf(control);
  return Number.isFinite(value) && (!limits || (value >= limits[0] && value <= limits[1]));
}

/** Whoever changes a state, or a number by much, is asked whether he means it. */
export function needsConfirming(control: Control, present: Plain, value: Plain): boolean {
  if (typeof value !== "number" || typeof present !== "number") return true;
  const limits = limitsOf(control);
  const whole = limits ? limits[1] - limits[0] : Math.abs(present);
  return Math.abs(value - present) > whole * LARGE_PART;
}
