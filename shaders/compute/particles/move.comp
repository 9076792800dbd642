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

#ifdef MEETS
#if MEETS == 2
#include "common/depth.glsl"
layout(binding = PARTICLE_DEPTH) uniform sampler2D depth_map;
const float THICKNESS_M = 0.5; // of what is seen: what is further behind it passes unseen

vec3 seen_at(vec2 uv) { return view_from_depth(uv, textureLod(depth_map, uv, 0.0).r); }

// Whether a place is in a solid surface of the picture; its normal there.
bool meets_picture(vec3 place, out vec3 normal) {
    normal = vec3(0.0, 1.0, 0.0);
    vec4 clip = clip_from_world * vec4(place, 1.0);
    float far = -(view_from_world * vec4(place, 1.0)).z;
    vec2 uv = clip.xy / clip.w * 0.5 + 0.5;
    if (far <= 0.0 || any(greaterThan(abs(uv - 0.5), vec2(0.5)))) return false;
    float depth = textureLod(depth_map, uv, 0.0).r;
    float met = distance_from_depth(depth);
    if (depth <= 0.0 || far < met || far > met + THICKNESS_M) return false;
    // Of both sides the nearer neighbour: the other may be another thing.
    vec2 x = vec2(viewport.z, 0.0), y = vec2(0.0, viewport.w);
    vec3 here = seen_at(uv), right = seen_at(uv + x) - here, left = here - seen_at(uv - x);
    vec3 up = seen_at(uv + y) - here, down = here - seen_at(uv - y);
    vec3 n = cross(abs(right.z) < abs(left.z) ? right : left, abs(up.z) < abs(down.z) ? up : down);
    if (dot(n, n) > 1e-20) normal = normalize(mat3(world_from_view) * n);
    return true;
}
#endif

// How low the middle of a particle comes that was sent from there: its rim lies on the ground, but none is lifted.
float floor_under(vec3 from) { return meets.x + clamp(from.y - meets.x, 0.0, shape.y); }

// The way again, step by step, so that what is met throws it back; true where something was. Steps are counted from its beginning, so
// that a particle's way is the same in every frame.
bool go_on(float age, vec3 velocity_first, vec3 carried, vec3 sinks, vec3 from, out vec3 place, out vec3 velocity, out float ended) {
    place = from;
    velocity = velocity_first;
    ended = 1e30;
    bool hit = false;
    float gone = 0.0, k = motion.w, floor_at = floor_under(from);
    for (int step = 0; step < PARTICLE_STEPS && gone < age; ++step) {
        float h = step == PARTICLE_STEPS - 1 ? age - gone : min(sheet.w, age - gone), x = k * h;
        float passed = x > 0.1 ? (1.0 - exp(-x)) / k : h * (1.0 - x / 2.0 + x * x / 6.0);
        float sunk = x > 0.1 ? (h - passed) / k : h * h * (0.5 - x / 6.0 + x * x / 24.0);
        vec3 next = place + velocity * passed + carried * (h - passed) + sinks * sunk;
        velocity = velocity * exp(-x) + carried * (1.0 - exp(-x)) + sinks * passed;
        gone += h;
        bool met = false;
        vec3 normal = vec3(0.0, 1.0, 0.0);
#if MEETS == 1
        if (next.y < floor_at && place.y >= floor_at - 1e-4 && velocity.y < 0.0) {
            next.y = floor_at; // what slides goes on
            met = true;
        }
#else
        met = meets_picture(next, normal) && dot(velocity, normal) < 0.0;
        if (met) next = place;
#endif
        if (met) {
            hit = true;
            if (meets.w > 0.5) {
                ended = gone - h;
                return true;
            }
            float into = dot(velocity, normal);
            vec3 along = velocity - normal * into;
            float back = -into * meets.y;
            velocity = along * (1.0 - meets.z) + normal * (back > 2.0 * length(sinks) * h ? back : 0.0);
        }
        place = next;
    }
    return hit;
}
#endif

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= numbers.w) return;
    if (i >= numbers.y) { // fills the list up to a power of two; last of all
        order[i] = uvec2(0u, 0xFFFFFFFFu);
        return;
    }
    uint state = chances_of(i);
    float age = age_of(i), life = clock.z * (0.5 + 0.5 * part(state));
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
#ifdef MEETS
    float ended = 1e30;
    bool hit = go_on(age, thrown, carried, sinks, (world_from_emitter * vec4(from, 1.0)).xyz, place, velocity, ended);
#endif
    float wide = max(shape.w, 1e-3);
    vec3 whirl = eddies(place / wide + part(state) * 2.0, clock.w);
#ifdef MEETS
    if (hit) whirl = vec3(0.0);
#endif
    place += whirl * (wind.w * age / (1.0 + 0.5 * age));
    velocity += whirl * wind.w;
    float over = age / life;
#ifdef MEETS
#if MEETS == 1
    vec3 begin = (world_from_emitter * vec4(from, 1.0)).xyz;
    if (begin.y >= meets.x) place.y = max(place.y, floor_under(begin));
#endif
    if (age > ended) over = 2.0;
#endif
    float size = mix(shape.y, shape.z, min(over, 1.0));
    if (middle.x > 0.0) {
        size = over < middle.x ? mix(shape.y, middle.y, over / middle.x)
            : mix(middle.y, shape.z, (min(over, 1.0) - middle.x) / (1.0 - middle.x));
    }
    states[i].place = vec4(place, size);
    states[i].motion = vec4(velocity, over < 1.0 ? over : 2.0);
    float depth = -(view_from_world * vec4(place, 1.0)).z;
    order[i] = uvec2(depth > 0.0 ? floatBitsToUint(depth) : 0u, i); // of numbers above 0 the bits are in order
}
