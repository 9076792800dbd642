// Adds a frame to what was gathered of those before: `taixu.render.temporal.passes` names whose ideas these are. Light is compared
// and mixed squeezed, as the tone curve will, so that single bright samples do not win over many dark ones.
#include "common/depth.glsl"
#include "common/math.glsl"
#ifdef MEASURED
#include "common/exposure.glsl"
layout(std430, binding = 11) readonly buffer Measured { Exposure exposure; };
#endif
layout(binding = 0) uniform sampler2D radiance;
layout(binding = 1) uniform sampler2D depth_map;
layout(binding = 2) uniform sampler2D velocity_map;
layout(binding = 3) uniform sampler2D past_picture;
layout(binding = 4) uniform sampler2D past_state;
#ifdef SOLID
layout(binding = 5) uniform sampler2D solid_radiance;
#endif
layout(std140, binding = 2) uniform Gather {
    vec4 drawn;  // size of the frame, its jitter in pixels
    vec4 shown;  // size of the picture, whether there is a past, exposure
    vec4 counts; // sharpness of the filter, most frames where all stands still, most where things move
    vec4 spread; // of what is around, of what changes by itself, how fast the latter is learned
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 picture;
layout(location = 1) out vec4 state; // metres to what is seen, frames gathered, how far brightness is off, and off one way

const float FARTHEST_M = 60000.0;
const float NEARER = 0.9; // what lay nearer than this share of a distance hid it
const float FADED = 0.004; // luma by which what came and went is off no more
const float RELIT = 0.8;  // standard deviations of what was gathered around

float exposed() {
#ifdef MEASURED
    return max(exposure.factor, 1e-6);
#else
    return shown.w;
#endif
}

// Luma and chroma from -0.5 to 0.5, of light from 0 to 1.
vec4 squeezed(vec4 c) {
    c.rgb = mix(vec3(0.0), min(c.rgb, vec3(60000.0)), greaterThanEqual(c.rgb, vec3(0.0))); // what is no number is dark
    c.a = c.a >= 0.0 ? min(c.a, 1.0) : 0.0;
    c.rgb *= exposed();
    c.rgb /= 1.0 + max3(c.rgb);
    return vec4(dot(c.rgb, vec3(0.25, 0.5, 0.25)), 0.5 * (c.r - c.b), dot(c.rgb, vec3(-0.25, 0.5, -0.25)), c.a);
}

vec4 unsqueezed(vec4 c) {
    float even = c.x - c.z;
    vec3 rgb = max(vec3(even + c.y, c.x + c.z, even - c.y), 0.0);
    return vec4(min(rgb / (max(1.0 - max3(rgb), 2e-5) * exposed()), vec3(60000.0)), clamp(c.a, 0.0, 1.0));
}

// Catmull-Rom in five looks; where nothing moves, the pixel itself.
vec4 gathered_at(vec2 uv, float moved_px) {
    if (moved_px < 0.01) return texelFetch(past_picture, ivec2(gl_FragCoord.xy), 0);
    vec2 at = uv * shown.xy, middle = floor(at - 0.5) + 0.5, f = at - middle;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f)), w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f)), w3 = f * f * (-0.5 + 0.5 * f), w12 = w1 + w2;
    vec2 a = (middle - 1.0) / shown.xy, b = (middle + w2 / w12) / shown.xy, c = (middle + 2.0) / shown.xy;
    vec4 sum = textureLod(past_picture, b, 0.0) * (w12.x * w12.y);
    sum += textureLod(past_picture, vec2(b.x, a.y), 0.0) * (w12.x * w0.y);
    sum += textureLod(past_picture, vec2(a.x, b.y), 0.0) * (w0.x * w12.y);
    sum += textureLod(past_picture, vec2(c.x, b.y), 0.0) * (w3.x * w12.y);
    sum += textureLod(past_picture, vec2(b.x, c.y), 0.0) * (w12.x * w3.y);
    float total = w12.x * w12.y + w12.x * (w0.y + w3.y) + w12.y * (w0.x + w3.x);
    return max(sum / total, 0.0);
}

float metres(float depth) { return depth > 0.0 ? min(distance_from_depth(depth), FARTHEST_M) : FARTHEST_M; }

// The farthest that was seen about a place: within as many pixels as one of the frame is wide.
float farthest_before(vec2 uv) {
    vec4 stood = abs(textureGather(past_state, uv, 0));
#ifdef UPSCALES
    vec2 texel = 1.0 / shown.xy;
    stood = max(stood, abs(textureGather(past_state, uv + texel * vec2(-1.0, -1.0), 0)));
    stood = max(stood, abs(textureGather(past_state, uv + texel * vec2(1.0, -1.0), 0)));
    stood = max(stood, abs(textureGather(past_state, uv + texel * vec2(-1.0, 1.0), 0)));
    stood = max(stood, abs(textureGather(past_state, uv + texel, 0)));
#endif
    return max(max(stood.x, stood.y), max(stood.z, stood.w));
}

// Where a place of the frame was, without moves of its own: texture coordinates in xy, metres in z.
vec3 seen_before(vec2 uv, float depth) {
    vec4 place = world_from_clip * vec4(uv * 2.0 - 1.0, depth, 1.0);
    if (depth <= 0.0 && camera_position.w > 0.5) place = vec4(place.xyz - camera_position.xyz * place.w, 0.0); // the sky turns only
    else place = vec4(place.xyz / place.w + vec3(camera_cell.xyz - previous_cell.xyz) * 1024.0, 1.0);
    vec4 clip = previous_clip_from_world * place;
    if (!(clip.w > 1e-6)) return vec3(-1.0, -1.0, FARTHEST_M);
    return vec3(clip.xy / clip.w * 0.5 + 0.5, metres(clip.z / clip.w));
}

// Whether the light itself is other than it was: all that was gathered around a place is off alike from the mean around it now. What
// only some frames hit is narrow, and stands out from what was gathered beside it.
bool is_relit(vec2 there, float mean) {
    float sum = 0.0, squares = 0.0;
    for (int i = 0; i < 9; ++i) {
        float luma = squeezed(textureLod(past_picture, there + (vec2(i % 3, i / 3) - 1.0) / shown.xy, 0.0)).x;
        sum += luma;
        squares += luma * luma;
    }
    sum /= 9.0;
    return square(sum - mean) > RELIT * RELIT * max(squares / 9.0 - sum * sum, 0.0);
}

void main() {
    ivec2 size = ivec2(drawn.xy), most = size - 1;
    vec2 at = v_uv * drawn.xy + drawn.zw, step_px = shown.xy / drawn.xy;
    ivec2 middle = ivec2(floor(at)), nearest = clamp(middle, ivec2(0), most);
    vec4 sum = vec4(0.0), soft = vec4(0.0), mean = vec4(0.0), squares = vec4(0.0), low = vec4(1e9), high = vec4(-1e9);
    float total = 0.0, soft_total = 0.0, depth = -1.0, behind = 2.0;
    for (int y = -1; y <= 1; ++y)
        for (int x = -1; x <= 1; ++x) {
            ivec2 p = middle + ivec2(x, y), inside = clamp(p, ivec2(0), most);
            vec4 s = squeezed(texelFetch(radiance, inside, 0));
            vec2 off = vec2(p) + 0.5 - at;
            float w = exp(-counts.x * dot(off * step_px, off * step_px));
            sum += w * s;
            total += w;
#ifdef UPSCALES
            float v = exp(-counts.x * dot(off, off));
            soft += v * s;
            soft_total += v;
#endif
            mean += s;
            squares += s * s;
            low = min(low, s);
            high = max(high, s);
            float d = texelFetch(depth_map, inside, 0).r;
            behind = min(behind, d);
            if (d > depth) { // edges move as what is nearest
                depth = d;
                nearest = inside;
            }
        }
    vec4 now = sum / total;
#ifndef UPSCALES
    soft = sum;
    soft_total = total;
#endif
    float counted = min(total * counts.x / PI, 1.0); // how much of a sample for this pixel the frame has
    vec2 uv = (vec2(nearest) + 0.5 - drawn.zw) / drawn.xy;
    vec3 before = seen_before(uv, depth);
    vec2 move = depth > 0.0 ? texelFetch(velocity_map, nearest, 0).xy : before.xy - uv;
    vec2 there = v_uv + move;
    float moved_px = length(move * shown.xy), own_m = metres(texelFetch(depth_map, clamp(middle, ivec2(0), most), 0).r);
    bool known = shown.z > 0.5 && moved_px < 1e6 && all(greaterThanEqual(there, vec2(0.0))) && all(lessThanEqual(there, vec2(1.0)));
    if (known) {
        known = farthest_before(there) >= NEARER * before.z; // else it stood behind something
    }
    if (!known) {
        picture = unsqueezed(soft / soft_total);
        state = vec4(own_m, counted, 0.0, 0.0);
        return;
    }
    vec4 earlier = texelFetch(past_state, clamp(ivec2(there * shown.xy), ivec2(0), ivec2(shown.xy) - 1), 0);
    vec4 past = squeezed(gathered_at(there, moved_px));
    float still = 1.0 - saturate(moved_px), change = now.x - past.x, frames = earlier.y, seen_m = abs(earlier.x);
    mean /= 9.0;
    vec4 reach = spread.x * sqrt(max(squares / 9.0 - mean * mean, 0.0));
    // What comes and goes, as wires that only some frames hit, is off both ways; a shadow that came is off one way only.
    float own = spread.y * max(earlier.z - abs(earlier.w), 0.0) * still;
#ifdef SOLID
    // What is blended moves by itself: there the past counts for little.
    ivec2 here = clamp(middle, ivec2(0), most);
    vec4 without = squeezed(texelFetch(solid_radiance, here, 0)), with = squeezed(texelFetch(radiance, here, 0));
    float blended = saturate(4.0 * max3(abs(with.xyz - without.xyz)));
    frames = mix(frames, min(frames, 3.0), blended);
    own *= 1.0 - blended;
#endif
    // Where one thing ends before another, now or lately, it is their edge that comes and goes.
    bool at_edge = metres(depth) < NEARER * metres(behind) || abs(own_m - seen_m) > (1.0 - NEARER) * max(own_m, seen_m);
    at_edge = at_edge || (earlier.x < 0.0 && own > FADED);
    for (bool asks = own > reach.x && !at_edge; asks; asks = false) own *= is_relit(there, mean.x) ? 0.0 : 1.0; // a loop: software skips no `if`
    reach = max(reach, vec4(own, 0.5 * own, 0.5 * own, own));
    vec4 off = (past - mean) / max(reach, vec4(1e-4));
    float far = max(max3(abs(off.xyz)), abs(off.w));
    past = far > 1.0 ? mean + (past - mean) / far : past;
    frames = min(frames + counted, mix(counts.y, counts.z, saturate(0.25 * moved_px)));
    vec4 mixed = mix(past, now, saturate(counted / frames));
    picture = unsqueezed(mixed);
    // Of what something passed over nothing is known.
    float passed = saturate(4.0 * length((move - before.xy + uv) * shown.xy));
    state = vec4(at_edge ? -own_m : own_m, frames, mix(earlier.zw, vec2(abs(change), change), spread.z * counted) * (1.0 - passed));
}
