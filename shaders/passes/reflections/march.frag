// A ray from each pixel into the mirror's direction, through the depth of the picture: steps of whole pixels at first, then halves.
// McGuire and Mara, "Efficient GPU Screen-Space Ray Tracing", JCGT 3(4), 2014.
#include "common/depth.glsl"
#include "common/octahedron.glsl"
#include "common/math.glsl"
#include "passes/reflections/lobes.glsl"

layout(binding = 0) uniform sampler2D depth_map;
layout(binding = 1) uniform sampler2D mirrored_map; // level n is a bell of about 0.5 * 2^n pixels
layout(binding = 3) uniform LOBE_SAMPLER lobe_normal_map;
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 reflected; // radiance, how sure it is

const int STEPS = 64, HALVINGS = 6;
const float LEAST_WEIGHT = 1e-3; // of light that a pixel mirrors
const float EDGE = 0.08;         // of the picture, over which what is found near its edge fades

// Where along the ray: pixels, and a number that is straight on the screen and says metres along the view.
struct OnScreen {
    vec2 px;
    float k;
};

bool is_perspective() { return camera_position.w > 0.5; }

OnScreen on_screen(vec3 p) {
    vec4 clip = clip_from_view * vec4(p, 1.0);
    return OnScreen((clip.xy / clip.w * 0.5 + 0.5) * viewport.xy, is_perspective() ? 1.0 / clip.w : -p.z);
}

float metres(float k) { return is_perspective() ? 1.0 / max(k, 1e-9) : k; }

float scene_metres(vec2 px) {
    ivec2 texel = clamp(ivec2(px), ivec2(0), ivec2(viewport.xy) - 1);
    float depth = texelFetch(depth_map, texel, 0).r;
    return depth > 0.0 ? distance_from_depth(depth) : 1e30;
}

vec3 normal_at(ivec2 texel) {
    vec2 square = texelFetch(lobe_normal_map, texel, 0).rg;
    return mat3(view_from_world) * direction_from_octahedron(square * 0.5 + 0.5);
}

void main() {
    reflected = vec4(0.0);
    ivec2 size = ivec2(viewport.xy), here = clamp(ivec2(v_uv * viewport.xy), ivec2(0), size - 1);
    vec4 lobe = texelFetch(lobe_map, here, 0);
    float depth = texelFetch(depth_map, here, 0).r;
    if (depth <= 0.0 || max3(lobe.rgb) < LEAST_WEIGHT || lobe_share(lobe.a) <= 0.0) return;

    vec3 p = view_from_depth((vec2(here) + 0.5) * viewport.zw, depth), n = normal_at(here);
    vec3 v = is_perspective() ? normalize(-p) : vec3(0.0, 0.0, 1.0), r = reflect(-v, n);
    // Off the surface by what its neighbours lie farther away, or it would meet itself.
    float pixel = 2.0 * (is_perspective() ? -p.z : 1.0) / (clip_from_view[1][1] * viewport.y);
    p += n * (pixel * 0.5);
    float reach = asked.z, near = depth_range.x;
    if (is_perspective() && r.z > 0.0) reach = min(reach, (-near - p.z) / r.z * 0.999);
    if (reach <= 0.0) return;
    OnScreen a = on_screen(p), b = on_screen(p + r * reach);

    // Only the part that is on the screen.
    vec2 way = b.px - a.px, past = max((vec2(size) - 0.5 - a.px) / max(way, vec2(1e-6)) * step(1e-6, way), vec2(0.0))
        + max((0.5 - a.px) / min(way, vec2(-1e-6)) * step(1e-6, -way), vec2(0.0)) + step(abs(way), vec2(1e-6)) * 1e6;
    float end = min(1.0, min(past.x, past.y)), length_px = max(abs(way.x), abs(way.y)) * end;
    if (length_px < 1.0) return;
    int steps = int(clamp(ceil(length_px), 1.0, float(STEPS)));

    float last = 0.0, found = -1.0, entered = 0.0;
    float before = metres(a.k);
    for (int i = 1; i <= steps; ++i) {
        // Near steps are short, where contacts are; far ones are long.
        float s = float(i) / float(steps), t = end * mix(s, s * s, saturate((length_px - float(STEPS)) / float(STEPS)));
        if (t * max(abs(way.x), abs(way.y)) < 1.0) continue;
        float now = metres(mix(a.k, b.k, t)), scene = scene_metres(a.px + way * t);
        if (now > scene && min(before, now) < scene + asked.w + pixel) {
            found = t;
            entered = last;
            break;
        }
        before = now;
        last = t;
    }
    if (found < 0.0) return;
    for (int i = 0; i < HALVINGS; ++i) {
        float middle = 0.5 * (entered + found);
        if (metres(mix(a.k, b.k, middle)) > scene_metres(a.px + way * middle)) found = middle;
        else entered = middle;
    }
    vec2 at = a.px + way * found;
    float there = metres(mix(a.k, b.k, found)), scene = scene_metres(at);
    if (scene > 1e29) return;
    float sure = 1.0 - smoothstep(0.5, 1.0, (there - scene) / (asked.w + pixel)); // behind it
    ivec2 hit = clamp(ivec2(at), ivec2(0), size - 1);
    sure *= smoothstep(-0.05, 0.1, -dot(normal_at(hit), r)); // its far side is not seen
    vec2 rim = min(at, viewport.xy - at) * viewport.zw;
    sure *= smoothstep(0.0, EDGE, min(rim.x, rim.y));
    vec3 met = view_from_depth(at * viewport.zw, texelFetch(depth_map, hit, 0).r);
    float far = distance(met, p);
    sure *= 1.0 - smoothstep(0.8, 1.0, far / asked.z);
    if (sure <= 0.0) return;

    // As wide as the lobe is there: most of a GGX lobe lies within a cone whose slope is about its alpha.
    float width = lobe.a * lobe.a * far / (2.0 * max(pixel * (is_perspective() ? metres(b.k * found + a.k * (1.0 - found)) / max(-p.z, 1e-4) : 1.0), 1e-9));
    float level = clamp(log2(max(2.0 * width, 1.0)), 0.0, float(textureQueryLevels(mirrored_map) - 1));
    vec3 light = textureLod(mirrored_map, at * viewport.zw, level).rgb;
    if (any(isnan(light)) || any(isinf(light))) return;
    reflected = vec4(min(light, vec3(6.0e4)), sure);
}
