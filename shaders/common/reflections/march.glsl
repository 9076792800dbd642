// A ray through the depth of a picture: steps of whole pixels at first, then halves.
// McGuire and Mara, "Efficient GPU Screen-Space Ray Tracing", JCGT 3(4), 2014.
// Whoever includes this names the samplers march_depth and march_picture (level n is a bell of about 0.5 * 2^n pixels) and
// MARCH_FACES(texel, direction): how much of what is met there is seen from where the ray comes; MARCH_EDGE: of the picture, across
// and along, over which what is found near its edge fades; MARCH_BEYOND: so far beyond its sides rays meet what is seen at them.
#include "common/depth.glsl"
#include "common/math.glsl"

const int STEPS = 64, HALVINGS = 6;

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
    float depth = texelFetch(march_depth, texel, 0).r;
    return depth > 0.0 ? distance_from_depth(depth) : 1e30;
}

// What a mirror of this roughness at `p` with normal `n`, both in view space, shows of the picture: radiance, and how sure it is.
// `asked`: as in `passes/reflections/lobes.glsl`.
vec4 march(vec3 p, vec3 n, float roughness, vec4 asked) {
    ivec2 size = ivec2(viewport.xy);
    vec3 v = is_perspective() ? normalize(-p) : vec3(0.0, 0.0, 1.0), r = reflect(-v, n);
    // Off the surface by what its neighbours lie farther away, or it would meet itself.
    float pixel = 2.0 * (is_perspective() ? -p.z : 1.0) / (clip_from_view[1][1] * viewport.y);
    p += n * (pixel * 0.5);
    float reach = asked.z, near = depth_range.x;
    if (is_perspective() && r.z > 0.0) reach = min(reach, (-near - p.z) / r.z * 0.999);
    if (reach <= 0.0) return vec4(0.0);
    OnScreen a = on_screen(p), b = on_screen(p + r * reach);

    // Only the part that is on the screen.
    vec2 more = vec2(MARCH_BEYOND * viewport.x, 0.0), way = b.px - a.px;
    vec2 past = max((vec2(size) + more - 0.5 - a.px) / max(way, vec2(1e-6)) * step(1e-6, way), vec2(0.0))
        + max((0.5 - more - a.px) / min(way, vec2(-1e-6)) * step(1e-6, -way), vec2(0.0)) + step(abs(way), vec2(1e-6)) * 1e6;
    float end = min(1.0, min(past.x, past.y)), length_px = max(abs(way.x), abs(way.y)) * end;
    if (length_px < 1.0) return vec4(0.0);
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
    if (found < 0.0) return vec4(0.0);
    for (int i = 0; i < HALVINGS; ++i) {
        float middle = 0.5 * (entered + found);
        if (metres(mix(a.k, b.k, middle)) > scene_metres(a.px + way * middle)) found = middle;
        else entered = middle;
    }
    vec2 at = a.px + way * found;
    float there = metres(mix(a.k, b.k, found)), scene = scene_metres(at);
    if (scene > 1e29) return vec4(0.0);
    float sure = 1.0 - smoothstep(0.5, 1.0, (there - scene) / (asked.w + pixel)); // behind it
    ivec2 hit = clamp(ivec2(at), ivec2(0), size - 1);
    sure *= MARCH_FACES(hit, r); // its far side is not seen
    vec2 rim = min(at, viewport.xy - at) * viewport.zw;
    sure *= min(smoothstep(-MARCH_BEYOND, MARCH_EDGE.x - MARCH_BEYOND, rim.x), smoothstep(0.0, MARCH_EDGE.y, rim.y));
    vec3 met = view_from_depth(at * viewport.zw, texelFetch(march_depth, hit, 0).r);
    float far = distance(met, p);
    sure *= 1.0 - smoothstep(0.8, 1.0, far / asked.z);
    if (sure <= 0.0) return vec4(0.0);

    // As wide as the lobe is there: most of a GGX lobe lies within a cone whose slope is about its alpha.
    float width = roughness * roughness * far / (2.0 * max(pixel * (is_perspective() ? metres(b.k * found + a.k * (1.0 - found)) / max(-p.z, 1e-4) : 1.0), 1e-9));
    float level = clamp(log2(max(2.0 * width, 1.0)), 0.0, float(textureQueryLevels(march_picture) - 1));
    vec3 light = textureLod(march_picture, at * viewport.zw, level).rgb;
    if (any(isnan(light)) || any(isinf(light))) return vec4(0.0);
    return vec4(min(light, vec3(6.0e4)), sure);
}
