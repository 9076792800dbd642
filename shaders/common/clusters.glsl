// The view's frustum in a grid of clusters, exponential in depth, each with a list of the local lights that reach it.
// The numpy twin is in `taixu.render.clusters`.
#include "generated/lighting.glsl"

// Cluster of a pixel (gl_FragCoord.xy) at `view_depth` metres along the view.
uint cluster_of(vec2 pixel, vec4 viewport, float view_depth) {
    uvec2 tile = min(uvec2(pixel * viewport.zw * vec2(CLUSTER_X, CLUSTER_Y)), uvec2(CLUSTER_X - 1, CLUSTER_Y - 1));
    float slice = log2(max(view_depth, 1e-6)) * lighting.cluster_scale + lighting.cluster_offset;
    uint z = uint(clamp(slice, 0.0, float(CLUSTER_Z - 1)));
    return (z * uint(CLUSTER_Y) + tile.y) * uint(CLUSTER_X) + tile.x;
}

// Where a cluster's list begins in `cluster_lists`, and how long it is.
uvec2 cluster_list(uint cluster) { return uvec2(cluster_lists[2u * cluster], cluster_lists[2u * cluster + 1u]); }
