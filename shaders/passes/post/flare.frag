// Ghosts: light that is thrown back and forth between the glasses of a lens comes out on the other side of the middle, and a ring
// about it. Chapman, "Pseudo lens flare", 2013.
#ifdef MEASURED
#include "common/exposure.glsl"
layout(std430, binding = 11) readonly buffer Measured { Exposure exposure; };
#endif
layout(binding = 0) uniform sampler2D blurred;
layout(std140, binding = 2) uniform Flare { vec4 flare; }; // exposure factor, aspect
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 ghosts;

const float SCALES[5] = float[](-0.35, -0.6, -0.9, -1.4, 0.45);
const vec3 COLORS[5] = vec3[](vec3(1.0, 0.75, 0.5), vec3(0.5, 0.9, 1.0), vec3(0.8, 1.0, 0.6), vec3(1.0, 0.6, 0.8), vec3(0.6, 0.7, 1.0));
const float BRIGHT = 2.0; // only what is above it is thrown back

vec3 look(vec2 uv, float factor) {
    vec3 c = textureLod(blurred, uv, 0.0).rgb * factor;
    vec2 edge = smoothstep(0.5, 0.3, abs(uv - 0.5));
    return max(c - BRIGHT, 0.0) * edge.x * edge.y / factor;
}

void main() {
#ifdef MEASURED
    float factor = exposure.factor;
#else
    float factor = flare.x;
#endif
    vec2 off = v_uv - 0.5;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 5; ++i) sum += COLORS[i] * look(0.5 + off / SCALES[i], factor);
    vec2 wide = off * vec2(flare.y, 1.0);
    vec2 ring = normalize(wide + 1e-6) * 0.42 / vec2(flare.y, 1.0);
    vec3 halo = vec3(look(v_uv - ring * 0.98, factor).r, look(v_uv - ring, factor).g, look(v_uv - ring * 1.02, factor).b);
    ghosts = vec4(0.12 * sum + 0.1 * halo, 1.0);
}
