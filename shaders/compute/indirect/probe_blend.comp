// What a probe's rays found goes into its light and its distances: a group a probe. A probe inside of things is put out of use, one
// that stands badly moves within its part of the lattice.
#include "common/math.glsl"
#include "common/indirect/probes.glsl"
#include "generated/probe_update.glsl"
#include "common/indirect/ray_directions.glsl"

layout(local_size_x = 64) in;
layout(rgba16f, binding = 0) uniform image2D atlas;

const float MOST_BACKS = 0.25;      // of its rays that see surfaces from behind: it stands inside
const float BURIED = 0.9;           // of its rays: nothing of a room is seen
const float MOST_SHIFT = 0.45;      // of the spacing
const float TIMES_PLACED = 4.0;
const float CHANGED = 0.15;         // of its mean light, by which a probe sees that something moved
const float LATER = 4.0;            // a mean's last look weighs as much as so many at even shares
const float LONGEST = 6.0e4;

shared vec4 found[MOST_RAYS];
shared vec3 ways[MOST_RAYS];
shared float blend, count;

// Where it should stand, as the rays see it; true if it moves.
bool place(inout vec3 shift, out float backs, out float mean) {
    float nearest = 1e30, nearest_back = 1e30, farthest = 0.0;
    vec3 open = vec3(0.0);
    int front = 0, back = 0, far = 0;
    uint number = update.batch.z;
    backs = mean = 0.0;
    for (uint i = 0u; i < number; ++i) {
        float t = found[i].w;
        mean += luminance(found[i].rgb);
        if (t < 0.0) {
            backs += 1.0;
            if (-t < nearest_back) { nearest_back = -t; back = int(i); }
        } else {
            open += ways[i];
            if (t < nearest) { nearest = t; front = int(i); }
            if (t > farthest) { farthest = t; far = int(i); }
        }
    }
    backs /= float(number);
    mean /= float(number);
    float spacing = probe_grid.spacing.x, least = 0.2 * spacing;
    vec3 wanted = shift;
    // Who stands on a surface sees through it from behind, and yet half of a room: that is where it belongs.
    if (backs > MOST_BACKS && backs < BURIED) wanted += open * (least / max(length(open), 1e-6));
    else if (backs > MOST_BACKS) wanted += ways[back] * (nearest_back + 0.5 * least);
    else if (nearest < least) {
        if (dot(ways[front], ways[far]) <= 0.5) wanted += ways[far] * min(farthest, least - nearest);
        else wanted -= ways[front] * (least - nearest);
    } else return false;
    if (any(greaterThan(abs(wanted), vec3(MOST_SHIFT * spacing)))) return false;
    shift = wanted;
    return true;
}

void main() {
    uint here = gl_WorkGroupID.x, probe = update.batch.x + here, me = gl_LocalInvocationIndex, number = update.batch.z;
    for (uint i = me; i < number; i += 64u) {
        found[i] = rays[here * number + i];
        ways[i] = ray_direction(i);
    }
    barrier();
    ivec2 tile = probe_tile(slot_of_probe(probe));
    if (me == 0u) {
        ProbeState s = states[probe];
        float backs, mean;
        bool places = s.placed < TIMES_PLACED;
        vec3 shift = s.shift;
        bool moves = place(shift, backs, mean);
        count = s.count;
        float was = s.in_use;
        s.in_use = backs > MOST_BACKS ? 0.0 : 1.0;
        if (!places && s.in_use != was) { // a thing came or went here
            count = 0.0;
            s.placed = 1.0;
        }
        if (places) {
            s.placed = moves ? s.placed + 1.0 : TIMES_PLACED;
            if (moves) s.shift = shift;
            count = 0.0;
        }
        if (update.settings.z > 0.5 && count > 2.0) {
            bool changed = abs(mean - s.mean) > CHANGED * max(mean, s.mean);
            count = min(count, changed ? 2.0 : update.settings.x);
        }
        // Later looks weigh more than earlier ones, which did not know yet of light that comes by way of many surfaces.
        blend = LATER / (count + LATER);
        s.mean = mix(s.mean, mean, blend);
        s.count = places && moves ? 0.0 : count + 1.0;
        states[probe] = s;
        imageStore(atlas, tile + PROBE_STATE_AT, vec4(s.shift, s.in_use));
    }
    barrier();
    float share = blend;
    bool fresh = count < 0.5;
    ivec2 texel = ivec2(me & 7u, me >> 3);
    vec3 d = direction_from_octahedron((vec2(texel) - 0.5) / PROBE_LIGHT_TEXELS), sum = vec3(0.0);
    float weights = 0.0;
    for (uint i = 0u; i < number; ++i) {
        float w = max(dot(d, ways[i]), 0.0);
        if (found[i].w < 0.0) continue;
        sum += w * found[i].rgb;
        weights += w;
    }
    ivec2 at = tile + PROBE_LIGHT_AT + texel;
    vec3 light = weights > 1e-4 ? sum / weights : vec3(0.0);
    if (!fresh) light = mix(imageLoad(atlas, at).rgb, light, share);
    imageStore(atlas, at, vec4(min(light, vec3(LONGEST)), 1.0));

    float longest = 1.8 * probe_grid.spacing.x;
    for (uint k = me; k < 256u; k += 64u) {
        texel = ivec2(k & 15u, k >> 4);
        d = direction_from_octahedron((vec2(texel) - 0.5) / PROBE_DISTANCE_TEXELS);
        vec2 moments = vec2(0.0);
        weights = 0.0;
        for (uint i = 0u; i < number; ++i) {
            float w = max(dot(d, ways[i]), 0.0);
            if (w < 0.8) continue;
            float w2 = w * w, w4 = w2 * w2, w8 = w4 * w4, w16 = w8 * w8;
            w = w16 * w16 * w16 * w2; // to the 50th
            float t = min(found[i].w < 0.0 ? -0.2 * found[i].w : found[i].w, longest);
            moments += w * vec2(t, t * t);
            weights += w;
        }
        if (weights < 1e-6) continue; // no ray went this way now
        at = tile + texel;
        moments /= weights;
        if (!fresh) moments = mix(imageLoad(atlas, at).xy, moments, share);
        imageStore(atlas, at, vec4(moments, 0.0, 1.0));
    }
}
