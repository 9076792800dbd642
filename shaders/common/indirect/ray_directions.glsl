// Which way the rays of a probe go, and where it stands on the lattice.

// Points of a spiral, as evenly spread over the sphere as the golden ratio is bad to approximate, turned as a whole each time.
vec3 ray_direction(uint ray) {
    float height = 1.0 - (2.0 * float(ray) + 1.0) / float(update.batch.z);
    float around = fract(float(ray) * 0.61803398875) * 2.0 * PI, r = sqrt(max(1.0 - height * height, 0.0));
    vec3 d = vec3(r * cos(around), height, r * sin(around));
    return vec3(dot(update.turn[0].xyz, d), dot(update.turn[1].xyz, d), dot(update.turn[2].xyz, d));
}

ivec3 slot_of_probe(uint probe) {
    int x = probe_grid.counts.x, y = probe_grid.counts.y, number = int(probe);
    return ivec3(number % x, number / x % y, number / (x * y));
}

vec3 probe_place(uint probe) {
    ivec3 counts = probe_grid.counts.xyz;
    ivec3 point = (slot_of_probe(probe) - probe_grid.first.xyz + counts) % counts;
    return probe_grid.origin.xyz + vec3(point) * probe_grid.spacing.x;
}
