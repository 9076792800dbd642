// What the colour pass says about each pixel's mirror lobe; of many samples the first one.
#ifdef SAMPLES
#if SAMPLES > 1
#define LOBE_SAMPLER sampler2DMS
#else
#define LOBE_SAMPLER sampler2D
#endif
#endif
layout(std140, binding = 2) uniform ScreenReflections {
    vec4 asked; // strength, most roughness, metres that rays go, metres that things are thick
};
layout(binding = 2) uniform LOBE_SAMPLER lobe_map; // weight, roughness

// Rougher surfaces take less and less.
float lobe_share(float roughness) {
    return asked.x * (1.0 - smoothstep(0.75 * asked.y, asked.y + 1e-4, roughness));
}
