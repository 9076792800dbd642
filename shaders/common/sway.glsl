// Plants in the wind: stems bend with the square of how high a point stands over the root, in gusts that travel with the air; what is
// thin flutters besides. A function of place and time alone. After Sousa, "Vegetation Procedural Animation and Shading in Crysis",
// GPU Gems 3, 2007.
#ifdef SWAYS
#include "common/object.glsl"
layout(std140, binding = 7) uniform Wind {
    vec4 wind;       // metres a second
    vec4 wind_times; // seconds now and in the last frame, modulo an hour
};

// `lever`: metres over the root, in the mesh's own measure; `world` is relative to the camera's cell.
vec3 swayed(uint transform, vec3 world, float lever, float secs) {
    float speed = length(wind.xz);
    if (speed <= 0.0 || lever <= 0.0) return world;
    float high = lever * length(world_direction(transform, vec3(0.0, 1.0, 0.0)));
    vec2 along = wind.xz / speed;
    vec2 at = world.xz + vec2((camera_cell.xz & 63) * 1024);
    // Gusts of 40, 17 and 7 m pass by as fast as the air does.
    float way = dot(at, along) - secs * speed;
    float gust = 0.55 + 0.25 * sin(way * 0.157) + 0.13 * sin(way * 0.37 + at.x * 0.11) + 0.07 * sin(way * 0.9 + at.y * 0.23);
    float lean = min(0.0035 * speed * speed, 0.35) * gust * high * high / (high + 3.0);
    float flutter = min(0.004 * speed, 0.05) * min(high, 1.5) * sin(secs * (5.0 + 0.3 * speed) + dot(world, vec3(3.1, 2.3, 4.7)));
    vec3 away = vec3(along.x, 0.0, along.y) * (lean + flutter) + vec3(-along.y, 0.3, along.x) * flutter;
    away.y -= lean * lean / max(2.0 * high, 0.1); // a stem keeps its length
    return world + away;
}
#endif
