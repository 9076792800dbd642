// Rays against the triangles of the world: a tree of boxes in depth-first order, made by `taixu.render.bvh`.
// Invocations that only help with derivatives read zeros, so that no walk may count on what it reads to end.
// Bindings are those of `taixu.render.tracing`.
layout(std430, binding = 14) readonly buffer TracedNodes { vec4 traced_nodes[]; };
layout(std430, binding = 15) readonly buffer TracedTriangles { vec4 traced_triangles[]; };
layout(std140, binding = 6) uniform Tracing {
    vec4 traced_counts; // nodes, sample, samples, metres that rays start above a surface
    vec4 traced_sky;    // columns, rows, first word among the nodes, share of diffuse rays that go where it is bright
};

const int TRIANGLE_WORDS = 6; // corner and roughness, two edges with coverage and -, diffuse, mirror, emission

struct Hit {
    float t;      // metres along the ray; negative: nothing is met
    int triangle; // its first word
};

// The nearest triangle that a ray meets. `chance` in [0, 1) decides about what has holes.
Hit trace(vec3 origin, vec3 direction, float chance) {
    Hit hit = Hit(-1.0, 0);
    float best = 1e30;
    vec3 inverse_direction = 1.0 / mix(direction, vec3(1e-12), lessThan(abs(direction), vec3(1e-12)));
    int count = int(traced_counts.x);
    // The order of nodes in which rays of this octant come to near boxes first.
    int first = count * (int(direction.x < 0.0) + 2 * int(direction.y < 0.0) + 4 * int(direction.z < 0.0));
    for (int node = 0; node < count;) {
        vec4 low = traced_nodes[2 * (first + node)], high = traced_nodes[2 * (first + node) + 1];
        vec3 a = (low.xyz - origin) * inverse_direction, b = (high.xyz - origin) * inverse_direction;
        vec3 near = min(a, b), far = max(a, b);
        float enters = max(max(near.x, near.y), max(near.z, 0.0));
        if (enters <= min(min(far.x, far.y), min(far.z, best))) {
            int leaf = int(high.w); // eight times the first triangle, and how many
            for (int i = leaf >> 3, end = i + (leaf & 7); i < end; ++i) {
                int word = i * TRIANGLE_WORDS;
                vec4 corner = traced_triangles[word], e1 = traced_triangles[word + 1];
                vec3 e2 = traced_triangles[word + 2].xyz;
                // Moeller and Trumbore, "Fast, Minimum Storage Ray-Triangle Intersection", 1997.
                vec3 p = cross(direction, e2), s = origin - corner.xyz, q = cross(s, e1.xyz);
                float d = dot(e1.xyz, p), inverse_d = 1.0 / (abs(d) < 1e-30 ? 1e-30 : d);
                float u = dot(s, p) * inverse_d, v = dot(direction, q) * inverse_d, t = dot(e2, q) * inverse_d;
                if (u >= 0.0 && v >= 0.0 && u + v <= 1.0 && t > 0.0 && t < best && e1.w > chance) {
                    best = t;
                    hit = Hit(t, word);
                }
            }
            if ((leaf & 7) == 0) {
                ++node;
                continue;
            }
        }
        int next = int(low.w);
        if (next <= node) break;
        node = next;
    }
    return hit;
}

// Evenly spread points of the unit square: Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018. Four
// pixels that lie together share a sequence, so that their mean is as even. `set` tells apart what is chosen independently.
vec2 traced_sample(vec2 pixel, uint set) {
    uvec2 whole = uvec2(pixel), p = (whole >> 1) * uvec2(1597334677u, 3812015801u);
    uint h = (p.x ^ p.y ^ (set * 2798796415u)) * 1597334677u;
    h ^= h >> 15;
    h *= 2246822519u;
    h ^= h >> 13;
    vec2 shift = vec2(float(h & 0xFFFFu), float(h >> 16)) / 65536.0;
    float number = traced_counts.y * 4.0 + float((whole.x & 1u) + 2u * (whole.y & 1u));
    return fract(shift + number * vec2(0.7548776662, 0.5698402910));
}
