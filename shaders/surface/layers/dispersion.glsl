// Colours are bent apart, KHR_materials_dispersion: indices of red, green and blue. `dispersion` is 20 / Abbe number.
// The numpy twin is `taixu.render.reflectance.volume`.
vec3 dispersed_iors(float ior, float dispersion) {
    float half_spread = (ior - 1.0) * 0.025 * dispersion;
    return max(vec3(ior - half_spread, ior, ior + half_spread), 1.0);
}
