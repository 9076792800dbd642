// Which local lights reach which cluster: a thread a cluster, spheres against boxes in view space.
#include "generated/view.glsl"
#define WRITE_CLUSTERS
#include "common/clusters.glsl"

layout(local_size_x = 64) in;

void main() {
    uint cluster = gl_GlobalInvocationID.x;
    if (cluster >= uint(CLUSTER_X * CLUSTER_Y * CLUSTER_Z)) return;
    uvec3 cell = uvec3(cluster % uint(CLUSTER_X), cluster / uint(CLUSTER_X) % uint(CLUSTER_Y),
                       cluster / uint(CLUSTER_X * CLUSTER_Y));
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
    uint first = lighting.light_counts.x;
    uint count = 0u;
    for (uint i = 0u; i < lighting.light_counts.y && count < uint(CLUSTER_STRIDE - 1); ++i) {
        LightRow row = light_row(first + i);
        vec3 p = (view_from_world * vec4(row.position, 1.0)).xyz * vec3(1.0, 1.0, -1.0);
        vec3 d = p - clamp(p, box_low, box_high);
        if (row.inverse_range_squared <= 0.0 || dot(d, d) * row.inverse_range_squared <= 1.0) {
            ++count;
            cluster_lists[cluster * uint(CLUSTER_STRIDE) + count] = i;
        }
    }
    cluster_lists[cluster * uint(CLUSTER_STRIDE)] = count;
}
