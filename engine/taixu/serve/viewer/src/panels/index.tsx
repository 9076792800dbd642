// Everything around the picture: a bar above, what there is on the left, what is known on the right, time below. On a phone the
// columns become one sheet that slides over the picture.
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { alarms, openLive } from "../live";
import { canDraw, moment, selected } from "../store";
import { t } from "../text";
import { momentText } from "../text/format";
import { AlarmVoice, AlarmsPanel, watchAlarms, worstUnseen } from "./alarms";
import { CasesPanel, declared, watchCases } from "./cases";
import { CompareDialog } from "./compare";
import { DetailsPanel, watchSelected } from "./details";
import { watchFields } from "./fields";
import { FuturesPanel, hasFutures, watchFutures } from "./futures";
import { Icon, type IconName } from "./icons";
import { LedgerPanel } from "./ledger";
import { MeasuresPanel } from "./measures";
import { IconButton, startBeat } from "./parts";
import { PlansPanel, known, watchPlans } from "./plans";
import { watchHistory } from "./playback";
import { ScreenCards } from "./screen";
import { isConnected, isPast, isPhone, leftOpen, openTab, rightOpen, sheetOpen, tab, type Tab } from "./state";
import { Things } from "./things";
import { Timeline } from "./timeline";
import { TopBar } from "./top_bar";

const MOST_WORDS = 5;
const ICONS: Record<Tab, IconName> = { things: "search", details: "info", alarms: "bell", cases: "route", plans: "flag", futures: "branch", measures: "gauge", commands: "list" };

export function startPanels(): void {
  startBeat();
  openLive();
  watchAlarms();
  watchCases();
  watchPlans();
  watchFutures();
  watchFields();
  watchSelected();
  watchHistory();
  effect(() => {
    const page = document.documentElement;
    page.classList.toggle("left-open", leftOpen.value && !isPhone.value);
    page.classList.toggle("right-open", rightOpen.value && !isPhone.value);
    page.classList.toggle("sheet-open", sheetOpen.value && isPhone.value);
    page.classList.toggle("is-phone", isPhone.value);
    page.classList.toggle("is-past", isPast.value);
    page.classList.toggle("is-lost", !isConnected.value);
  });
}

export function Panels() {
  useEffect(startPanels, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || (event.target as HTMLElement).closest("input, select, dialog")) return;
      if (isPhone.value && sheetOpen.value) sheetOpen.value = false;
      else selected.value = null;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <TopBar />
      <ScreenCards />
      {isPast.value && moment.value && <div class="past-note" role="status"><Icon name="clock" size={12} />{t("moment.pastNote", { time: momentText(moment.value.time_ns) })}</div>}
      {!canDraw.value && <p class="no-picture">{t("picture.unable")}</p>}
      {isPhone.value ? <PhonePanels /> : <DeskPanels />}
      <Timeline />
      <AlarmVoice />
      <CompareDialog />
    </>
  );
}

/** Cases only where there are processes, plans and futures where there are any: most worlds have none. */
const isThere: Partial<Record<Tab, () => boolean>> = { cases: () => declared.value.length > 0, plans: () => known.value.length > 0, futures: hasFutures };
const tabs = (all: readonly Tab[]) => all.filter((each) => isThere[each]?.() ?? true);

function DeskPanels() {
  return (
    <>
      {leftOpen.value ? (
        <nav class="column column-left" aria-label={t("tab.things")}>
          <div class="column-body"><Things /></div>
          <IconButton className="fold" icon="chevron" label={t("columns.hideLeft")} onClick={() => (leftOpen.value = false)} />
        </nav>
      ) : (
        <IconButton className="unfold unfold-left" icon="search" label={t("columns.showLeft")} onClick={() => (leftOpen.value = true)} />
      )}
      {rightOpen.value ? (
        <aside class="column column-right" aria-label={t("columns.right")}>
          <Tabs of={tabs(["details", "alarms", "cases", "plans", "futures", "measures", "commands"])} onFold={() => (rightOpen.value = false)} />
          <TabBody />
        </aside>
      ) : (
        <IconButton className="unfold unfold-right" icon="info" label={t("columns.showRight")} onClick={() => (rightOpen.value = true)} />
      )}
    </>
  );
}

function PhonePanels() {
  return (
    <>
      {sheetOpen.value && (
        <section class="sheet" aria-label={t(`tab.${tab.value}`)}>
          <button type="button" class="sheet-grip" aria-label={t("columns.hideSheet")} onClick={() => (sheetOpen.value = false)}><i /></button>
          {tab.value === "things" ? <div class="column-body"><Things /></div> : <TabBody />}
        </section>
      )}
      <Tabs of={tabs(["things", "details", "alarms", "cases", "plans", "futures", "measures", "commands"])} />
    </>
  );
}

function Tabs({ of, onFold }: { of: readonly Tab[]; onFold?: () => void }) {
  const unseen = alarms.value.filter((each) => !each.acknowledged_by).length;
  const worst = worstUnseen();
  const walk = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = of[(of.indexOf(tab.value) + by + of.length) % of.length]!;
    openTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  const choose = (each: Tab) => (isPhone.value && tab.value === each && sheetOpen.value ? (sheetOpen.value = false) : openTab(each));
  return (
    <div class={`tabs ${of.length > 4 && !isPhone.value ? "tabs-many" : ""}`} role="tablist" aria-label={t("columns.right")} onKeyDown={walk}>
      {of.map((each) => {
        const on = tab.value === each && (!isPhone.value || sheetOpen.value);
        const isDrawn = isPhone.value || (of.length > MOST_WORDS && !on); // so many words find no room side by side
        return (
          <button key={each} id={`tab-${each}`} type="button" role="tab" aria-selected={on} aria-controls="tab-body" tabIndex={tab.value === each ? 0 : -1} title={isDrawn ? t(`tab.${each}`) : ""} onClick={() => choose(each)}>
            {isDrawn && <Icon name={ICONS[each]} size={isPhone.value ? 20 : 16} />}
            <span class={isDrawn && !isPhone.value ? "sr-only" : ""}>{t(`tab.${each}`)}</span>
            {each === "alarms" && worst && <b class={`badge badge-${worst.severity}`} aria-label={t("alarms.unseen", { n: unseen })}>{unseen}</b>}
          </button>
        );
      })}
      {onFold && <IconButton className="fold" icon="chevron" label={t("columns.hideRight")} onClick={onFold} />}
    </div>
  );
}

function TabBody() {
  return (
    <div class="column-body" id="tab-body" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
      {tab.value === "details" && <DetailsPanel />}
      {tab.value === "alarms" && <AlarmsPanel />}
      {tab.value === "cases" && <CasesPanel />}
      {tab.value === "plans" && <PlansPanel />}
      {tab.value === "futures" && <FuturesPanel />}
      {tab.value === "measures" && <MeasuresPanel />}
      {tab.value === "commands" && <LedgerPanel />}
    </div>
  );
}
