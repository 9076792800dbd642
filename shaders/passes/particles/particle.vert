// Six vertices for each particle, in the order of the list.
#include "generated/view.glsl"
#include "compute/particles/state.glsl"
#include "common/environment.glsl"
#include "common/lights.glsl"
#include "common/shadows.glsl"
layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
layout(std430, binding = PARTICLE_STATES) readonly buffer States { ParticleState states[]; };
layout(std430, binding = PARTICLE_ORDER) readonly buffer Order { uvec2 order[]; };
out vec2 v_at;
out vec3 v_position;
flat out vec4 v_light; // radiance, premultiplied; w: what it hides
flat out vec2 v_noise;
#ifdef SPRITE
flat out float v_picture; // which one of the sheet; parts are mixed
#endif

vec3 light_at(vec3 place, float depth) {
    vec3 light = environment_irradiance(environment_atlas, vec3(0.0, 1.0, 0.0)) * lighting.sky_turn.z;
    uint local = lighting.light_counts.z == 0u ? lighting.light_counts.y : 0u; // of crowds of lamps none
    for (uint i = 0u; i < lighting.light_counts.x + local; ++i) {
        LightRow row = light_row(i);
        vec3 to_light;
        vec3 reaches = light_irradiance(row, place, to_light);
#ifdef SHADOWS
        if (max3(reaches) > 0.0) reaches *= shadow_factor(row, place, to_light, to_light, depth);
#endif
        light += reaches * (0.5 / PI); // as of sides that turn all ways
    }
    return light;
}

void main() {
    uint corner = uint(gl_VertexID) % 6u, i = order[uint(gl_VertexID) / 6u].y;
    gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
    v_at = v_noise = vec2(0.0);
    v_position = vec3(0.0);
    v_light = vec4(0.0);
#ifdef SPRITE
    v_picture = 0.0;
#endif
    if (i >= numbers.y) return;
    ParticleState p = states[i];
    float over = p.motion.w, size = p.place.w;
    vec4 clip = clip_from_world * vec4(p.place.xyz, 1.0);
    if (over > 1.0 || size <= 0.0 || clip.w < 0.05) return;
    vec2 side = vec2(corner == 1u || corner == 2u || corner == 4u ? 1.0 : -1.0, corner >= 2u && corner != 3u ? 1.0 : -1.0);
    uint state = chances_of(i) ^ 0x9E3779B9u;
    vec4 first = color_begin, last = color_end;
    vec4 color = mix(first, last, over);
    if (middle.x > 0.0) {
        color = over < middle.x ? mix(first, color_middle, over / middle.x)
            : mix(color_middle, last, (over - middle.x) / (1.0 - middle.x));
    }
    color.a *= smoothstep(0.0, 0.08, over) * smoothstep(0.05, 0.4, clip.w);
    // No thinner than a pixel, but fainter.
    float per_metre = 0.5 * viewport.y * clip_from_view[1][1] / (camera_position.w > 0.5 ? clip.w : 1.0);
    float drawn = max(size, 0.7 / per_metre);
    color.a *= size / drawn;
    vec3 right = world_from_view[0].xyz, up = world_from_view[1].xyz;
#if SHAPE == 1 // a streak as long as it moves in a while, by default a sixtieth of a second
    vec3 to_eye = camera_position.w > 0.5 ? normalize(camera_position.xyz - p.place.xyz) : world_from_view[2].xyz;
    float fast = length(p.motion.xyz);
    if (fast > 1e-3) {
        vec3 along = p.motion.xyz / fast;
        vec3 across = cross(along, to_eye);
        right = dot(across, across) > 1e-6 ? normalize(across) : right;
        up = cross(to_eye, right) * (1.0 + fast * middle.z / drawn);
    }
#elif SHAPE == 2 // a scrap that tumbles, of a colour of its own
    float turn = 6.2831853 * part(state) + clock.w * mix(3.0, 9.0, part(state)), lean = 6.2831853 * part(state) + clock.w * 2.3;
    vec3 x = vec3(cos(turn), 0.0, sin(turn)), y = vec3(-sin(turn) * sin(lean), cos(lean), cos(turn) * sin(lean));
    right = x;
    up = y * 0.7;
    vec3 hue = clamp(abs(fract(part(state) + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    color.rgb *= mix(vec3(0.9), hue * hue, 0.8) * mix(0.55, 1.0, abs(cross(x, y).y));
#else
    float turn = 6.2831853 * part(state) + (part(state) - 0.5) * clock.z * over;
    vec3 turned = right * cos(turn) + up * sin(turn);
    up = up * cos(turn) - right * sin(turn);
    right = turned;
#endif
    vec3 corner_at = p.place.xyz + (right * side.x + up * side.y) * drawn;
    gl_Position = clip_from_world * vec4(corner_at, 1.0);
    v_at = side;
#ifdef SPRITE
    float pictures = sheet.x * sheet.y;
    uint begins = chances_of(i) ^ 0x51ED270Bu;
    v_picture = sheet.z > 0.0 ? mod(part(begins) * pictures + age_of(i) * sheet.z, pictures) : over * (pictures - 1.0);
#endif
    v_position = corner_at;
    v_noise = vec2(part(state), part(state)) * 40.0;
    vec3 light = glow.x > 0.0 ? vec3(glow.x) : light_at(p.place.xyz, -(view_from_world * vec4(p.place.xyz, 1.0)).z);
    v_light = vec4(color.rgb * light * color.a, glow.y > 0.5 ? 0.0 : color.a);
}
