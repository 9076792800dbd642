// What the colour pass says about each pixel's mirror lobe; of many samples the first one.
#ifdef SAMPLES
#if SAMPLES > 1
#define LOBE_SAMPLER sampler2DMS
#else
#define LOBE_SAMPLER sampler2D
#endif
#endif
#include "common/reflections/asked.glsl"
layout(binding = 2) uniform LOBE_SAMPLER lobe_map; // weight, roughness
