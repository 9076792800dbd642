// Everything around the picture.
export function Panels() {
  return <main class="panels" />;
}
