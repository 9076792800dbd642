// What particles of one emitter are like, and where they are in this frame.
#include "generated/particles.glsl"
struct ParticleState {
    vec4 place;  // world; w: radius in metres
    vec4 motion; // m/s; w: share of its life that is over, 2 where it is over
};

uint scrambled(uint v) { // PCG; Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020
    v = v * 747796405u + 2891336453u;
    v = ((v >> ((v >> 28u) + 4u)) ^ v) * 277803737u;
    return (v >> 22u) ^ v;
}

float part(inout uint state) {
    state = scrambled(state);
    return float(state >> 8u) / 16777216.0;
}

// Seconds since it was sent; `newer`: how many were sent out after it.
float age_of(uint newer) {
    return bursts.x > 0u ? burst_times.x + float(newer / bursts.x) * burst_times.y : (float(newer) + clock.x) / clock.y;
}

// Where the chances of a particle begin; `newer`: how many were sent out after it.
uint chances_of(uint newer) { return scrambled((numbers.x - newer) ^ scrambled(numbers.z)); }
