// Fog that thins out exponentially with height, in closed form along a ray (Wenzel, "Real-time Atmospheric Effects in Games",
// 2006), lit evenly by the sky and by directional lights with the phase of Henyey and Greenstein. No shadows fall into it.
#include "common/lights.glsl"

// What is left of light that comes a distance (metres) along `d` to `eye`; a distance below 0 has no end.
float fog_transmittance(vec3 eye, vec3 d, float distance_m) {
    float here = lighting.fog.x * exp(clamp((lighting.fog.y - eye.y) * lighting.fog.z, -40.0, 40.0));
    float rise = d.y * lighting.fog.z;
    float reach; // metres of the eye's density
    if (distance_m < 0.0) reach = rise > 1e-6 ? 1.0 / rise : 1e6;
    else {
        float x = clamp(rise * distance_m, -40.0, 40.0);
        reach = distance_m * (abs(x) > 1e-3 ? (1.0 - exp(-x)) / x : 1.0 - 0.5 * x);
    }
    return exp(-min(here * reach, 80.0));
}

// Radiance of fog without end towards `d`.
vec3 fog_radiance(vec3 d) {
    vec3 light = lighting.fog_sky.rgb;
    float g = lighting.fog.w;
    for (uint i = 0u; i < lighting.light_counts.x; ++i) {
        LightRow row = light_row(i);
        float toward = 1.0 + g * g + 2.0 * g * dot(d, row.direction);
        light += row.color * ((1.0 - g * g) / (4.0 * PI * toward * sqrt(toward)));
    }
    return light * lighting.fog_color.rgb;
}

// Light of which `covers` hides what is behind (premultiplied), seen through fog.
vec3 fogged(vec3 light, float covers, vec3 eye, vec3 d, float distance_m) {
    float left = fog_transmittance(eye, d, distance_m);
    return light * left + fog_radiance(d) * ((1.0 - left) * covers);
}
