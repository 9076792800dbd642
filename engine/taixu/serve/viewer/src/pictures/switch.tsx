// The switch between a picture that the browser draws and one that the server does, and how the latter is doing.
import { Choices } from "../panels/parts";
import { drawnBy, hiddenKinds, moment, serverPictures, serverQuality } from "../store";
import { t } from "../text";
import "./pictures.css";

export function PicturesSwitch() {
  const on = drawnBy.value === "server";
  return (
    <li>
      <button type="button" role="switch" class="row" aria-checked={on} title={t("pictures.long")} onClick={() => (drawnBy.value = on ? "here" : "server")}>
        <span class="grow">{t("pictures.server")}</span>
        <span class="switch" aria-hidden="true" />
      </button>
      {on && (
        <div class="pictures-state">
          <Choices
            label={t("pictures.quality")}
            options={[{ value: "auto", text: t("pictures.auto") }, { value: "fast", text: t("pictures.fast") }, { value: "full", text: t("pictures.full") }]}
            chosen={serverQuality.value}
            onChoose={(chosen) => (serverQuality.value = chosen)}
          />
          <p class="empty" role="status">{stateText()}</p>
          {hiddenKinds.value.size > 0 && <p class="empty">{t("pictures.layers")}</p>}
        </div>
      )}
    </li>
  );
}

function stateText(): string {
  if (moment.value?.live === false) return t("pictures.past");
  const { state, why, frames_a_sec, delay_ms, level } = serverPictures.value;
  if (state === "open") {
    const text = frames_a_sec ? t("pictures.open", { rate: frames_a_sec, delay: Math.max(delay_ms, 0) }) : t("pictures.still");
    return level ? `${text} ${t("pictures.reduced")}` : text;
  }
  if (state === "unable") return why || t("pictures.unable");
  if (state === "lost") return why || t("pictures.lost");
  return t("pictures.connecting");
}
