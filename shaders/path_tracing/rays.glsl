// Rays against the world: a tree of boxes round its things, and in each thing a tree round its mesh's triangles, which all things of
// that mesh share. Both lie in one list, as pairs of boxes: `taixu.render.path_tracing.trees`.

struct Meeting {
    float t;       // metres along the ray; negative: nothing is met
    uint thing;    // number of the thing
    uint triangle; // among all triangles
    vec2 where;    // shares of its second and third corner
};

// RAY_NODES is how many nodes there are; MOST_OPEN is how many nodes wait to be walked at most: as many as both trees together are deep.
const int BACK_OUT = 0x7fffffff;

vec3 bits_of(uvec4 words) { return uintBitsToFloat(words.xyz); }

// The nearest triangle before `most` metres; with `any_will_do` any one.
Meeting meet(vec3 start, vec3 towards, float most, bool any_will_do) {
    Meeting met = Meeting(-1.0, 0u, 0u, vec2(0.0));
    if (RAY_NODES == 0u) return met;
    int open[MOST_OPEN];
    int count = 0, node = 0;
    bool is_inside = false;
    uint thing = 0u;
    vec3 o = start, d = mix(towards, vec3(1e-12), lessThan(abs(towards), vec3(1e-12)));
    vec3 inverse_d = 1.0 / d;
    vec3 own_d = d; // not safe to divide by
    for (bool walks = true; walks;) {
        bool pops = false;
        if (node >= 0) {
            uvec4 a = nodes[4 * node], b = nodes[4 * node + 1], c = nodes[4 * node + 2], e = nodes[4 * node + 3];
            vec3 l0 = (bits_of(a) - o) * inverse_d, h0 = (bits_of(b) - o) * inverse_d;
            vec3 l1 = (bits_of(c) - o) * inverse_d, h1 = (bits_of(e) - o) * inverse_d;
            vec3 n0 = min(l0, h0), f0 = max(l0, h0), n1 = min(l1, h1), f1 = max(l1, h1);
            float enters0 = max(max(n0.x, n0.y), max(n0.z, 0.0)), leaves0 = min(min(f0.x, f0.y), min(f0.z, most));
            float enters1 = max(max(n1.x, n1.y), max(n1.z, 0.0)), leaves1 = min(min(f1.x, f1.y), min(f1.z, most));
            // Rounding must not lose what is as thin as a wall.
            bool in0 = enters0 <= leaves0 * 1.0000004, in1 = enters1 <= leaves1 * 1.0000004;
            bool first = in0 && (!in1 || enters0 <= enters1);
            node = first ? int(a.w) : int(b.w);
            if (in0 && in1 && count < MOST_OPEN) open[count++] = first ? int(b.w) : int(a.w);
            pops = !in0 && !in1;
        } else {
            uint leaf = uint(~node);
            // A leaf holds things outside of things, triangles inside. Loops, for software goes through what an `if` skips.
            for (bool goes_in = !is_inside; goes_in; goes_in = false) {
                thing = leaf;
                vec4 x = things[thing].local_from_world[0], y = things[thing].local_from_world[1], z = things[thing].local_from_world[2];
                o = vec3(dot(x.xyz, start) + x.w, dot(y.xyz, start) + y.w, dot(z.xyz, start) + z.w);
                own_d = vec3(dot(x.xyz, towards), dot(y.xyz, towards), dot(z.xyz, towards));
                d = mix(own_d, vec3(1e-12), lessThan(abs(own_d), vec3(1e-12)));
                inverse_d = 1.0 / d;
                if (count < MOST_OPEN) open[count++] = BACK_OUT;
                node = int(things[thing].root);
                is_inside = true;
                leaf = 0u;
            }
            pops = node < 0;
            for (uint i = leaf >> 8, end = i + (leaf & 255u); i < end && pops; ++i) {
                uvec4 corner = triangles[3u * i];
                vec3 e1 = bits_of(triangles[3u * i + 1u]), e2 = bits_of(triangles[3u * i + 2u]);
                // Moeller and Trumbore, "Fast, Minimum Storage Ray-Triangle Intersection", 1997.
                vec3 p = cross(own_d, e2), s = o - bits_of(corner), q = cross(s, e1);
                float det = dot(e1, p), inverse_det = 1.0 / det;
                float u = dot(s, p) * inverse_det, v = dot(own_d, q) * inverse_det, t = dot(e2, q) * inverse_det;
                if (det != 0.0 && u >= 0.0 && v >= 0.0 && u + v <= 1.0 && t > 0.0 && t < most) {
                    most = t;
                    met = Meeting(t, thing, i, vec2(u, v));
                }
            }
        }
        if (any_will_do && met.t >= 0.0) break;
        while (pops) {
            if (count == 0) {
                walks = false;
                break;
            }
            node = open[--count];
            pops = node == BACK_OUT;
            if (pops) {
                is_inside = false;
                o = start;
                d = mix(towards, vec3(1e-12), lessThan(abs(towards), vec3(1e-12)));
                inverse_d = 1.0 / d;
            }
        }
    }
    return met;
}
