// A thin film over a surface, KHR_materials_iridescence. The numpy twin is `taixu.render.reflectance.iridescence`.
// Belcour and Barla, "A Practical Extension to Microfacet Theory for the Modeling of Varying Iridescence", 2017, with the
// extension's simplifications: Schlick's Fresnel at both interfaces, three bounces within the film, no polarisation.
#include "surface/inputs.glsl"
#include "common/brdf.glsl"

const mat3 REC709_FROM_XYZ = mat3(3.2404542, -0.9692660, 0.0556434, -1.5371385, 1.8760108, -0.2040259, -0.4985314,
    0.0415560, 1.0572252);

// What the eye makes of interference at a path difference in nanometres, in linear Rec.709: Gaussians fitted to the
// Fourier transforms of the CIE 1931 colour matching functions, x with a second hump of its own. `twice` is the same at
// twice the path, which needs no cosines and exponentials of its own. `turned` is -1 where a phase is shifted by pi.
vec3 film_sensitivity(float path_nm, vec3 turned, out vec3 twice) {
    const vec4 POSITIONS = vec4(1.6810e6, 1.7953e6, 2.2084e6, 2.2399e6), VARIANCES = vec4(4.3278e9, 9.3046e9, 6.6121e9, 4.5282e9);
    const vec4 HEIGHTS = vec4(5.4856e-13, 4.4201e-13, 5.2481e-13, 9.7470e-14) * sqrt(2.0 * PI * VARIANCES) / 1.0685e-7;
    float phase = 2.0e-9 * PI * path_nm;
    vec4 wave = cos(POSITIONS * phase), fade = exp(-square(phase) * VARIANCES);
    vec4 once = HEIGHTS * fade * wave * vec4(turned, turned.x);
    vec4 fade2 = fade * fade;
    vec4 again = HEIGHTS * fade2 * fade2 * (2.0 * wave * wave - 1.0);
    twice = REC709_FROM_XYZ * vec3(again.x + again.w, again.yz);
    return REC709_FROM_XYZ * vec3(once.x + once.w, once.yz);
}

// Reflectance of a film (index and thickness in nanometres, in air) over a surface of reflectance f0 in air.
vec3 film_reflectance(vec3 f0, float cosine, float ior, float thickness_nm) {
    float inside = mix(1.0, ior, smoothstep(0.0, 0.03, thickness_nm));
    float cosine2 = 1.0 - (1.0 - square(cosine)) / square(inside);
    if (cosine2 < 0.0) return vec3(1.0); // total reflection
    cosine2 = sqrt(cosine2);
    float r12 = schlick_fresnel(vec3(square((inside - 1.0) / (inside + 1.0))), 1.0, cosine).x;
    float t121 = 1.0 - r12;
    vec3 root = sqrt(clamp(f0, 0.0, 0.9999));
    vec3 base_ior = (1.0 + root) / (1.0 - root);
    vec3 r1 = (base_ior - inside) / (base_ior + inside);
    vec3 r23 = schlick_fresnel(r1 * r1, 1.0, cosine2);
    // A wave that goes into a denser medium comes back turned.
    vec3 turned = mix(vec3(1.0), vec3(-1.0), lessThan(base_ior, vec3(inside))) * (inside < 1.0 ? 1.0 : -1.0);
    vec3 twice;
    vec3 once = film_sensitivity(2.0 * inside * thickness_nm * cosine2, turned, twice);
    vec3 r123 = min(r12 * r23, 0.9999);
    vec3 rs = t121 * t121 * r23 / (1.0 - r123);
    vec3 amplitude = sqrt(r123);
    vec3 total = r12 + rs + 2.0 * (rs - t121) * amplitude * (once + amplitude * twice);
    return clamp(total, 0.0, 1.0);
}

vec3 film_on(SurfaceInputs s, vec3 f0, float cosine) {
    return film_reflectance(f0, cosine, s.iridescence_ior, s.iridescence_thickness_nm);
}

// The f0 by which Schlick's Fresnel (f90 = 1) has this reflectance at this angle: below 0 where that is less than any bare
// surface's.
vec3 f0_from_reflectance(vec3 reflectance, float cosine) {
    float x = saturate(1.0 - cosine);
    float x5 = min(square(square(x)) * x, 0.9999);
    return (reflectance - x5) / (1.0 - x5);
}

// The angle at which a lobe's facets are seen on the whole, by its energy: where Schlick's weight has its mean, which is
// n.v of a mirror and steeper where rough surfaces are seen at grazing angles; never flatter than n.v.
float mean_cosine(float n_dot_v, vec2 dfg) { return max(n_dot_v, 1.0 - pow(saturate(dfg.y / max(dfg.x + dfg.y, 1e-6)), 0.2)); }
