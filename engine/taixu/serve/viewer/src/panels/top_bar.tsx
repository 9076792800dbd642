// The bar above the picture: which world, whether it is now, what is worst, who else watches.
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { alarms, clockOffset, facts, hello, news, presence, readingsRate, watching, type Watcher } from "../live";
import { connection, moment, sceneFacts, view } from "../store";
import { chooseLanguage, language, t } from "../text";
import { clockText, countText, dayText } from "../text/format";
import { worstUnseen } from "./alarms";
import { Icon, SeverityMark } from "./icons";
import { IconButton, beat } from "./parts";
import { goLive } from "./playback";
import { chooseTheme, isConnected, isPast, isPhone, openTab, theme } from "./state";

export function TopBar() {
  const name = sceneFacts.value?.name || hello.value?.world || "Taixu";
  return (
    <header class="top-bar">
      <div class="brand">
        <Icon name="cube" size={18} />
        <h1 title={name}>{name}</h1>
      </div>
      <MomentChip />
      <ConnectionChip />
      <AlarmLine />
      <div class="top-right">
        {!isPhone.value && <Rate />}
        {(!isPhone.value || watching.value > 1) && <Presence />}
        <Clock />
        <LanguageButton />
        <IconButton
          icon={theme.value === "dark" ? "sun" : "moon"}
          label={theme.value === "dark" ? t("theme.toLight") : t("theme.toDark")}
          onClick={() => chooseTheme(theme.value === "dark" ? "light" : "dark")}
        />
      </div>
    </header>
  );
}

function MomentChip() {
  if (!isPast.value) {
    return <span class={`chip ${isConnected.value ? "chip-live" : "chip-stopped"}`}>{isConnected.value ? t("moment.live") : t("moment.stopped")}</span>;
  }
  return (
    <button type="button" class="chip chip-past" onClick={goLive} title={t("moment.backToLive")}>
      <Icon name="clock" size={12} />
      {t("moment.past")}
    </button>
  );
}

function ConnectionChip() {
  const lost = connection.value;
  if (isConnected.value) {
    return (
      <span class="connection connection-open" role="status" title={t("connection.open")}>
        <i />
        <span class="only-wide">{t("connection.open")}</span>
      </span>
    );
  }
  void beat.value; // the seconds are counted down
  const secs = lost.state === "lost" ? Math.max(0, Math.ceil((lost.againAt - Date.now()) / 1000)) : 0;
  const text = lost.state === "lost" && secs ? t("connection.again", { n: secs }) : t("connection.connecting");
  return (
    <span class="connection connection-lost" role="status" title={text}>
      <i />
      <span class="connection-text">{text}</span>
    </span>
  );
}

/** The worst alarm that nobody has seen: always in sight, wherever one is. */
function AlarmLine() {
  const worst = useComputed(worstUnseen).value;
  const open = alarms.value.filter((each) => !each.cleared_ns).length;
  if (!worst) {
    return (
      <button type="button" class="alarm-line alarm-line-none" onClick={() => openTab("alarms")}>
        {open ? t("alarms.allSeen", { n: open }) : t("alarms.none")}
      </button>
    );
  }
  return (
    <button type="button" class={`alarm-line alarm-line-${worst.severity}`} onClick={() => openTab("alarms")}>
      <SeverityMark severity={worst.severity} />
      <b>{t(`severity.${worst.severity}`)}</b>
      <span class="alarm-line-text">{worst.text}</span>
    </button>
  );
}

function Rate() {
  const rate = news.value.open ? readingsRate.value : null;
  return (
    <span class="figure" title={facts.value?.recording_problem || t("rate.long")}>
      <b>{rate === null ? "—" : countText(rate)}</b> {t("rate.unit")}
    </span>
  );
}

function Clock() {
  void beat.value;
  const now = moment.value && !moment.value.live ? moment.value.time_ns : (Date.now() + clockOffset.value) * 1e6;
  const stopped = !news.value.open && !isPast.value;
  return (
    <time class={`clock ${isPast.value ? "clock-past" : ""} ${stopped ? "clock-stopped" : ""}`} dateTime={new Date(now / 1e6).toISOString()}>
      <span class="only-wide clock-day">{dayText(now)}</span>
      <b>{clockText(now)}</b>
    </time>
  );
}

function LanguageButton() {
  const other = language.value === "en" ? "zh-Hans" : "en";
  return (
    <button type="button" class="icon-button language" lang={other} aria-label={t("language.switch")} title={t("language.switch")} onClick={() => chooseLanguage(other)}>
      {t("language.other")}
    </button>
  );
}

const COLOURS = 6;

function Presence() {
  const others = presence.value.filter((each) => !each.you);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => (event.target as Element | null)?.closest(".presence") || setOpen(false);
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, [open]);
  const label = t("presence.count", { n: watching.value || 1 });
  return (
    <div class="presence">
      <button type="button" class="presence-button" aria-expanded={open} aria-label={label} title={label} onClick={() => setOpen(!open)}>
        {!isPhone.value && others.slice(0, 3).map((each) => <PersonMark key={each.number} watcher={each} />)}
        <Icon name="people" />
        <span>{watching.value || 1}</span>
      </button>
      {open && (
        <ul class="presence-list" role="list">
          {presence.value.map((each) => (
            <li key={each.number}>
              <PersonMark watcher={each} />
              <span class="grow">{each.you ? t("presence.you", { name: each.name }) : each.name}</span>
              {!each.you && each.at && each.toward && (
                <IconButton icon="goto" label={t("presence.goTo", { name: each.name })} onClick={() => seeAs(each)} />
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function PersonMark({ watcher }: { watcher: Watcher }) {
  return <span class={`person person-${watcher.number % COLOURS}`}>{(watcher.name[0] ?? "?").toUpperCase()}</span>;
}

function seeAs(watcher: Watcher): void {
  const [at, toward] = [watcher.at!, watcher.toward!];
  view.value?.goTo({ at: toward, from: Math.hypot(at[0] - toward[0], at[1] - toward[1], at[2] - toward[2]) });
}
