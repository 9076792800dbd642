// Tones for alarms: two for what is critical, one for what is high. Nothing is heard unless somebody turned it on.
let context: AudioContext | null = null;

export function sound(severity: "critical" | "high"): void {
  context ??= new AudioContext();
  void context.resume();
  const tones = severity === "critical" ? [880, 660] : [660];
  tones.forEach((hertz, i) => {
    const [start, end] = [context!.currentTime + i * 0.22, context!.currentTime + i * 0.22 + 0.2];
    const [tone, loudness] = [context!.createOscillator(), context!.createGain()];
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.15, start + 0.02);
    loudness.gain.linearRampToValueAtTime(0, end);
    tone.connect(loudness).connect(context!.destination);
    tone.start(start);
    tone.stop(end);
  });
}
