// Which local lights (or decals: OF_DECALS) reach which cluster: a group a slice of depth, a thread a cluster. The group first finds the lights that reach
// the slice, then each thread asks those twice: how many there are, and, with a place for the list, which. Lists keep the lights'
// order, so that sums of light are the same in every frame.
#include "generated/view.glsl"
#define WRITE_CLUSTERS
#include "common/clusters.glsl"

layout(local_size_x = CLUSTER_SLICE) in;

const uint THREADS = uint(CLUSTER_SLICE);
shared uint reaching[CLUSTER_MOST / 32]; // bits of the lights in view that reach the slice

#ifdef OF_DECALS
#include "generated/decals.glsl"

struct Reach {
    mat3 turn; // from view space with depth positive into the box, which is from -1/2 to 1/2
    vec3 shift;
};

Reach reach_of(uint number) {
    DecalRow row = decal_rows[number];
    mat3 box = transpose(mat3(row.box_from_world[0].xyz, row.box_from_world[1].xyz, row.box_from_world[2].xyz));
    vec3 shift = vec3(row.box_from_world[0].w, row.box_from_world[1].w, row.box_from_world[2].w);
    mat3 turn = box * mat3(world_from_view);
    return Reach(mat3(turn[0], turn[1], -turn[2]), shift + box * world_from_view[3].xyz);
}

// Along the box's own axes; what comes near its edges only may be taken for reached.
bool reaches(Reach r, vec3 low, vec3 high) {
    high = min(high, vec3(DECAL_FAR_M));
    low = max(min(low, high), vec3(-DECAL_FAR_M));
    vec3 middle = r.turn * (0.5 * (low + high)) + r.shift, half_size = 0.5 * (high - low);
    vec3 most = abs(r.turn[0]) * half_size.x + abs(r.turn[1]) * half_size.y + abs(r.turn[2]) * half_size.z;
    return all(lessThanEqual(abs(middle), 0.5001 + most * 1.0001));
}
#else
struct Reach {
    vec3 place; // in view space with depth positive
    float range; // 0: endless
    vec3 axis;
    float cosine, sine; // of a spot's half angle; a cosine of -1 is no spot
};

Reach reach_of(uint number) {
    LightRow row = light_row(number);
    Reach r;
    r.place = (view_from_world * vec4(row.position, 1.0)).xyz * vec3(1.0, 1.0, -1.0);
    r.range = row.inverse_range_squared > 0.0 ? inversesqrt(row.inverse_range_squared) : 0.0;
    r.axis = (view_from_world * vec4(row.direction, 0.0)).xyz * vec3(1.0, 1.0, -1.0);
    r.cosine = row.kind == 2u ? -row.spot_offset / row.spot_scale : -1.0;
    r.sine = sqrt(max(1.0 - r.cosine * r.cosine, 0.0));
    return r;
}

bool reaches(Reach r, vec3 low, vec3 high) {
    vec3 d = r.place - clamp(r.place, low, high);
    if (r.range > 0.0 && dot(d, d) > r.range * r.range) return false;
    vec3 half_size = 0.5 * (high - low);
    float radius = length(half_size);
    if (r.cosine < 0.0 || radius > 1e9) return true;
    // A sphere against a cone: Wronski, "Cull that cone!", 2017.
    vec3 v = low + half_size - r.place;
    float along = dot(v, r.axis);
    float aside = r.cosine * sqrt(max(dot(v, v) - along * along, 0.0)) - along * r.sine;
    return aside <= radius && along >= -radius;
}
#endif

void main() {
    uint thread = gl_LocalInvocationIndex;
    uvec3 cell = uvec3(thread % uint(CLUSTER_X), thread / uint(CLUSTER_X), gl_WorkGroupID.x);
    float near = cell.z == 0u ? 0.0 : exp2((float(cell.z) - lighting.cluster_offset) / lighting.cluster_scale);
    float far = cell.z == uint(CLUSTER_Z - 1) ? 1e30
        : exp2((float(cell.z) + 1.0 - lighting.cluster_offset) / lighting.cluster_scale);
    vec2 low = vec2(cell.xy) / vec2(CLUSTER_X, CLUSTER_Y) * 2.0 - 1.0;
    vec2 high = vec2(cell.xy + 1u) / vec2(CLUSTER_X, CLUSTER_Y) * 2.0 - 1.0;
    // Half extent at depth d: d * slope for a perspective, constant for a parallel projection.
    vec2 slope = lighting.cluster_extent.xy;
    vec2 at_near = lighting.cluster_extent.z > 0.5 ? slope * near : slope;
    vec2 at_far = lighting.cluster_extent.z > 0.5 ? slope * far : slope;
    vec3 box_low = vec3(min(low * at_near, low * at_far), near);
    vec3 box_high = vec3(max(high * at_near, high * at_far), far);
    vec2 widest = max(at_near, at_far);

    uint lights = cluster_lists[CLUSTER_COUNTS + 1], words = (lights + 31u) / 32u;
    for (uint i = thread; i < words; i += THREADS) reaching[i] = 0u;
    barrier();
    for (uint i = thread; i < lights; i += THREADS) {
        Reach r = reach_of(cluster_lists[uint(CLUSTER_LIGHTS_AT) + i]);
        if (reaches(r, vec3(-widest, near), vec3(widest, far))) atomicOr(reaching[i / 32u], 1u << (i % 32u));
    }
    barrier();
    uint cluster = cell.z * THREADS + thread, first = 0u, count = 0u;
    for (uint round = 0u; round < 2u; ++round) {
        uint found = 0u;
        for (uint word = 0u; word < words; ++word) {
            for (uint bits = reaching[word]; bits != 0u; bits &= bits - 1u) {
                uint number = cluster_lists[uint(CLUSTER_LIGHTS_AT) + word * 32u + uint(findLSB(bits))];
                if (round == 1u && found == count) break;
                if (!reaches(reach_of(number), box_low, box_high)) continue;
                if (round == 1u) cluster_lists[uint(CLUSTER_LISTS_AT) + first + found] = number;
                ++found;
            }
        }
        if (round == 0u) {
            first = atomicAdd(cluster_lists[CLUSTER_COUNTS], found);
            count = first < uint(CLUSTER_LIST_WORDS) ? min(found, uint(CLUSTER_LIST_WORDS) - first) : 0u;
        }
    }
    cluster_lists[2u * cluster] = uint(CLUSTER_LISTS_AT) + first;
    cluster_lists[2u * cluster + 1u] = count;
}
