// How large a point at a distance appears where the lens is focused on another one: a thin lens, whose picture is as large as that
// of a pinhole. Radius in heights of the picture, below 0 for what is nearer than the focus.
float blur_radius(float distance_m, vec4 lens) { // lens: focus in metres, radius of the aperture / (2 tan(fov / 2)), largest radius
    float radius = lens.y * (1.0 / lens.x - 1.0 / max(distance_m, 1e-3));
    return clamp(radius, -lens.z, lens.z);
}
