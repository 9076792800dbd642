// What lies behind a transmissive surface: the copy of the picture that `taixu.render.behind` makes, looked at along a ray.
// Where the ray leaves the screen, and where nothing was drawn, the sky is seen: rays that miss everything see it, whatever
// the background.
#include "common/depth.glsl"
#include "common/environment.glsl"

layout(binding = 0) uniform sampler2D behind_map;   // premultiplied; level n is a bell of about 0.5 * 2^n pixels
layout(binding = 1) uniform sampler2D behind_depth; // of solid surfaces

const float BEHIND_MARGIN = 0.05; // of the screen, beyond its rim, in which what is seen fades into the sky

// A look along a ray: where on the screen it ends, how many metres from its start, how far that is from the camera, and
// how much of it can be believed.
struct Sight {
    vec2 uv;
    float reach;
    float depth;
    float known;
};

vec2 screen_from_clip(vec4 clip) { return clip.xy / clip.w * 0.5 + 0.5; }

// How much of what was drawn at a place can be what a ray meets: it fades beyond the rim of the screen, and what stands before
// the surface is not seen through it.
float known_share(vec2 uv, float surface_depth) {
    float there = textureLod(behind_depth, uv, 0.0).r;
    if (there > 0.0 && distance_from_depth(there) < surface_depth * 0.999) return 0.0;
    vec2 inside = clamp((0.5 - abs(uv - 0.5)) / BEHIND_MARGIN + 1.0, 0.0, 1.0);
    return inside.x * inside.y;
}

const int WALK_STEPS = 6;

// A thin thing before a far background is missed by guesses that see either: where the guess does not hold, the ray is
// walked along. On the screen it is a line, from where it starts to where it ends infinitely far away, and the inverse of
// its depth falls evenly.
// False where the ray ends in the sky, and something else hides that from the camera.
bool walk_along(inout Sight sight, vec3 start, vec3 d, float z, float speed) {
    float there = textureLod(behind_depth, sight.uv, 0.0).r;
    if (there > 0.0 && abs(distance_from_depth(there) - z - speed * sight.reach) < 0.03 * z) return true;
    vec4 from = clip_from_world * vec4(start, 1.0), towards = clip_from_world * vec4(d, 0.0);
    if (from.w <= 0.0 || towards.w <= 0.0) return true;
    vec2 a = screen_from_clip(from), b = screen_from_clip(towards);
    vec2 pixels = (b - a) * viewport.xy;
    if (dot(pixels, pixels) < 0.5) return true;
    for (int i = 0; i < WALK_STEPS; ++i) {
        float s = (float(i) + 0.5) / float(WALK_STEPS);
        float depth = textureLod(behind_depth, mix(a, b, s), 0.0).r;
        if (depth <= 0.0) continue;
        // What is seen there has a depth, and at that depth the ray is there or beside it.
        float met = distance_from_depth(depth);
        vec2 uv = mix(a, b, 1.0 - z / met);
        float again = textureLod(behind_depth, uv, 0.0).r;
        if (met <= z || again <= 0.0 || abs(distance_from_depth(again) - met) > 0.03 * z) continue;
        sight = Sight(uv, (met - z) / speed, met, 0.0);
        return true;
    }
    return there <= 0.0 || sight.depth < 1e9;
}

// The solid surface that a ray meets, from its start and unit direction. Its length is guessed from the depth where the
// last guess ends: Wyman, "An Approximate Image-Space Approach for Interactive Refraction", 2005, without back faces.
// `pixel_uv` is the place of the surface on the screen, `surface_depth` its distance along the view.
Sight sight_along(vec3 start, vec3 d, vec2 pixel_uv, float surface_depth) {
    vec3 forward = -world_from_view[2].xyz;
    bool perspective = camera_position.w > 0.5;
    float z = dot(start - camera_position.xyz, forward), speed = dot(d, forward);
    Sight sight = Sight(pixel_uv, 0.0, surface_depth, 0.0);
    if (speed < 0.02) return sight;
    for (int i = 0; i < 2; ++i) {
        float depth = textureLod(behind_depth, sight.uv, 0.0).r;
        bool nothing = depth <= 0.0;
        sight.depth = nothing ? 1e9 : distance_from_depth(depth);
        sight.reach = max((sight.depth - z) / speed, 0.0);
        vec4 clip;
        if (nothing) clip = clip_from_world * (perspective ? vec4(d, 0.0) : vec4(start, 1.0));
        else clip = clip_from_world * vec4(start + d * sight.reach, 1.0);
        if (clip.w <= 0.0) return sight;
        sight.uv = screen_from_clip(clip);
    }
    if (perspective && !walk_along(sight, start, d, z, speed)) return sight;
    sight.known = known_share(sight.uv, surface_depth);
    return sight;
}

// The same for a ray that goes almost where another one went, without looking for its end.
Sight sight_beside(Sight other, vec3 start, vec3 d, float surface_depth) {
    if (other.known <= 0.0) return other;
    bool at_infinity = other.depth >= 1e9 && camera_position.w > 0.5;
    vec4 clip = clip_from_world * (at_infinity ? vec4(d, 0.0) : vec4(start + d * min(other.reach, 1e5), 1.0));
    Sight sight = Sight(other.uv, other.reach, other.depth, 0.0);
    if (clip.w <= 0.0) return sight;
    sight.uv = screen_from_clip(clip);
    sight.known = known_share(sight.uv, surface_depth);
    return sight;
}

// The copy, blurred by a bell of `sigma` pixels: cubic splines hide the texels of the level.
vec4 behind_blurred(vec2 uv, float sigma) {
    float level = 0.5 * log2(max((sigma * sigma + 0.25) / 0.583, 1e-6));
    if (sigma < 0.4) return textureLod(behind_map, uv, 0.0);
    level = clamp(level, 0.0, float(textureQueryLevels(behind_map) - 1));
    vec2 size = vec2(textureSize(behind_map, int(level)));
    vec2 p = uv * size - 0.5, base = floor(p), t = p - base, t2 = t * t, t3 = t2 * t;
    // Four bilinear looks make sixteen: Sigg and Hadwiger, "Fast Third-Order Texture Filtering", GPU Gems 2, 2005.
    vec2 w0 = (1.0 - 3.0 * t + 3.0 * t2 - t3) / 6.0, w1 = (4.0 - 6.0 * t2 + 3.0 * t3) / 6.0, w3 = t3 / 6.0;
    vec2 w2 = 1.0 - w0 - w1 - w3, g0 = w0 + w1, g1 = w2 + w3;
    vec2 a = (base - 0.5 + w1 / g0) / size, b = (base + 1.5 + w3 / g1) / size;
    return g0.y * (g0.x * textureLod(behind_map, a, level) + g1.x * textureLod(behind_map, vec2(b.x, a.y), level))
        + g1.y * (g0.x * textureLod(behind_map, vec2(a.x, b.y), level) + g1.x * textureLod(behind_map, b, level));
}

// How wide a lobe of this `alpha` (as a mirror of that roughness spreads) paints what it meets, by metres to there: the bell
// that comes nearest to the lobe's integral over an edge; it has a width of 1.9 alpha where that is small.
float blur_by_metre(float alpha) { return 1.9 * alpha / (1.0 + 0.65 * alpha * alpha); }

// The same in pixels.
float blur_in_pixels(Sight sight, float alpha, float path) {
    float spread = blur_by_metre(alpha) * (sight.reach + path);
    float per_metre = 0.5 * viewport.y * clip_from_view[1][1];
    return min(camera_position.w > 0.5 ? spread * per_metre / max(sight.depth, 1e-6) : spread * per_metre, viewport.y);
}
