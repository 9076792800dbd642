// The vertices' side of surfaces that have none of their own.
void surface_vertex(uint material, inout vec2 uv0, inout vec2 uv1) { put_textures(material, uv0, uv1); }
