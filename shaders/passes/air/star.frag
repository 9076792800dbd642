// A star is a bell a pixel wide; the moon a ball under the sun.
#include "generated/view.glsl"
#include "generated/stars.glsl"
#include "common/air/between.glsl"
in vec2 v_at;
in vec3 v_towards;
flat in vec4 v_light;
flat in mat3 v_frame;
layout(location = 0) out vec4 radiance;

// Dark seas and pale lands: a few waves over the ball.
float lands(vec3 n) {
    vec3 p = n * 2.6 + vec3(0.7, 1.9, 0.3);
    p += 0.35 * vec3(sin(p.y * 1.9), sin(p.z * 2.3), sin(p.x * 2.1));
    float seas = sin(p.x * 1.3) * sin(p.y * 1.1 + 0.4) + 0.4 * sin(p.z * 2.3 + p.x) + 0.12 * sin(p.y * 6.1 + 2.0 * sin(p.x * 4.3));
    return mix(0.6, 1.0, smoothstep(-0.35, 0.45, seas));
}

void main() {
    vec3 light;
    if (v_light.w > 0.5) {
        float r = length(v_at);
        float covers = 1.0 - smoothstep(1.0 - 0.5 * fwidth(r), 1.0 + 0.5 * fwidth(r), r);
        vec2 at = v_at * min(1.0, 0.999 / max(r, 1e-6));
        vec3 local = vec3(at, sqrt(1.0 - dot(at, at))), n = v_frame * local;
        float lit = dot(n, sun.xyz);
        // Dust sends light back where it came from, so that a full moon is as bright at its rim: Lommel and Seeliger.
        float shade = lit > 0.0 ? 2.0 * lit / (lit + local.z) : 0.0;
        light = v_light.rgb * (lands(local) * (shade * smoothstep(0.0, 0.06, lit) + 0.004) * covers);
    } else {
        light = v_light.rgb * exp(-dot(v_at, v_at) * 1.4);
    }
#ifdef FOG
    light = seen_through_air(light, 0.0, camera_position.xyz, normalize(v_towards), -1.0, gl_FragCoord.xy * viewport.zw);
#endif
    radiance = vec4(min(light, vec3(6.0e4)), 0.0);
}
