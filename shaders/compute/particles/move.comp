// Where each particle is: a throw in air that moves, with linear drag, in closed form; eddies carry it about. A thread a particle.
#include "generated/view.glsl"
#include "compute/particles/state.glsl"
layout(local_size_x = 64) in;
layout(std430, binding = PARTICLE_STATES) writeonly buffer States { ParticleState states[]; };
layout(std430, binding = PARTICLE_ORDER) writeonly buffer Order { uvec2 order[]; }; // key and number, to be sorted

// The curl of a potential of sines in three directions, so that nothing gathers: Bridson et al., "Curl-Noise for Procedural
// Fluid Flow", 2007, with waves in place of noise.
vec3 eddies(vec3 p, float time) {
    vec3 a = p.yzx + time * vec3(0.61, 0.47, 0.53), b = p.zxy * 2.1 - time * vec3(0.83, 0.71, 0.97);
    return vec3(cos(a.x + 1.3) - cos(b.y), cos(a.y + 2.9) - cos(b.z + 0.7), cos(a.z) - cos(b.x + 4.1)) * 0.5;
}

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= numbers.w) return;
    if (i >= numbers.y) { // fills the list up to a power of two; last of all
        order[i] = uvec2(0u, 0xFFFFFFFFu);
        return;
    }
    uint state = chances_of(i);
    float age = (float(i) + clock.x) / clock.y, life = clock.z * (0.5 + 0.5 * part(state));
    float around = 6.2831853 * part(state), out_to = sqrt(part(state)) * shape.x;
    vec3 from = vec3(cos(around) * out_to, 0.0, sin(around) * out_to);
    float c = mix(1.0, motion.y, part(state)), s = sqrt(max(1.0 - c * c, 0.0));
    around = 6.2831853 * part(state);
    vec3 along = mat3(world_from_emitter) * vec3(cos(around) * s, c, sin(around) * s);
    vec3 thrown = along * (motion.x * mix(0.75, 1.25, part(state)));
    // Integrals of exp(-k t), once and twice; as series where floats would cancel.
    float k = motion.w, x = k * age;
    float passed = x > 0.1 ? (1.0 - exp(-x)) / k : age * (1.0 - x / 2.0 + x * x / 6.0);
    float sunk = x > 0.1 ? (age - passed) / k : age * age * (0.5 - x / 6.0 + x * x / 24.0);
    vec3 sinks = vec3(0.0, -motion.z, 0.0);
    vec3 place = (world_from_emitter * vec4(from, 1.0)).xyz;
    // dv/dt = g - k (v - wind)
    vec3 carried = k > 0.0 ? wind.xyz : vec3(0.0);
    place += thrown * passed + carried * (age - passed) + sinks * sunk;
    vec3 velocity = thrown * exp(-x) + carried * (1.0 - exp(-x)) + sinks * passed;
    float wide = max(shape.w, 1e-3);
    vec3 whirl = eddies(place / wide + part(state) * 2.0, clock.w);
    place += whirl * (wind.w * age / (1.0 + 0.5 * age));
    velocity += whirl * wind.w;
    float over = age / life;
    states[i].place = vec4(place, mix(shape.y, shape.z, min(over, 1.0)));
    states[i].motion = vec4(velocity, over < 1.0 ? over : 2.0);
    float depth = -(view_from_world * vec4(place, 1.0)).z;
    order[i] = uvec2(depth > 0.0 ? floatBitsToUint(depth) : 0u, i); // of numbers above 0 the bits are in order
}
