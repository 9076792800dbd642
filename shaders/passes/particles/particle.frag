// A soft ball with some unevenness, a streak, or a scrap.
#include "generated/view.glsl"
#include "common/air/between.glsl"
in vec2 v_at;
in vec3 v_position;
flat in vec4 v_light;
flat in vec2 v_noise;
layout(location = 0) out vec4 radiance;

#if defined(SPRITE) || defined(SOFT)
#include "generated/particles.glsl"
#endif
#ifdef SPRITE
flat in float v_picture;
layout(binding = PARTICLE_SPRITE) uniform sampler2D sprite_map; // multiplied by alpha

// A picture of the sheet, a little inside of its edges, so that its neighbours stay out.
vec4 picture_at(float number) {
    vec2 rim = 0.5 * sheet.xy / vec2(textureSize(sprite_map, 0));
    vec2 at = clamp(v_at * vec2(0.5, -0.5) + 0.5, rim, 1.0 - rim);
    return texture(sprite_map, (vec2(mod(number, sheet.x), floor(number / sheet.x)) + at) / sheet.xy);
}
#endif
#ifdef SOFT
#include "common/depth.glsl"
layout(binding = PARTICLE_DEPTH) uniform sampler2D depth_map;
#endif

#if SHAPE == 0
float lumps(vec2 p) {
    vec2 q = p + 0.7 * vec2(sin(p.y * 1.7), cos(p.x * 1.9));
    return 0.5 + 0.25 * (sin(q.x * 2.3) * cos(q.y * 2.1) + 0.6 * sin(q.x * 5.1 + q.y * 3.7));
}
#endif

void main() {
#if SHAPE == 2
    float share = 1.0;
#elif SHAPE == 1
    float share = max((1.0 - v_at.x * v_at.x) * (1.0 - v_at.y * v_at.y), 0.0);
#else
    float r2 = dot(v_at, v_at);
    float share = r2 < 1.0 ? (1.0 - r2) * (1.0 - r2) * (0.4 + 1.1 * lumps(v_at * 1.6 + v_noise)) : 0.0;
#endif
#ifdef SPRITE
    float pictures = sheet.x * sheet.y, now = floor(v_picture);
    float later = sheet.z > 0.0 ? mod(now + 1.0, pictures) : min(now + 1.0, pictures - 1.0);
    vec4 light = v_light * mix(picture_at(now), picture_at(later), v_picture - now);
#else
    vec4 light = v_light * min(share, 1.0);
#endif
#ifdef SOFT
    float depth = texelFetch(depth_map, ivec2(gl_FragCoord.xy), 0).r;
    if (depth > 0.0) light *= clamp((distance_from_depth(depth) - distance_from_depth(gl_FragCoord.z)) / middle.w, 0.0, 1.0);
#endif
    if (max(max(light.r, light.g), max(light.b, light.a)) <= 0.0) discard;
#if defined(FOG) || defined(AERIAL)
    vec3 eye = camera_position.w > 0.5 ? camera_position.xyz : v_position + world_from_view[2].xyz;
    vec3 away = v_position - eye;
    light.rgb = seen_through_air(light.rgb, light.a, eye, normalize(away), length(away), gl_FragCoord.xy * viewport.zw);
#endif
    radiance = min(light, vec4(6.0e4));
}
