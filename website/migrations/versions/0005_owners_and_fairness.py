"""Owners and fairness

Revision ID: 0005
Revises: 0004

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


DOMAIN = "substr(email, length(rtrim(email, replace(email, '@', ''))) + 1)"


def upgrade():
    # Columns are added in place, and with a value of the database's own: the release before goes on writing rows.
    op.add_column('contact', sa.Column('company', sa.String(), nullable=False, server_default=''))
    op.add_column('contact', sa.Column('source', sa.String(), nullable=False, server_default=''))
    op.add_column('contact', sa.Column('crm_id', sa.String(), nullable=False, server_default=''))
    op.add_column('contact', sa.Column('created_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('contact', sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True))
    # Shares are counted at every booking, without reading its long receipts.
    op.drop_index('ix_booking_link_id_created_at', table_name='booking')
    op.create_index('ix_booking_counted', 'booking', ['link_id', 'created_at', 'state', 'no_show', 'owner_routed'])
    # Lists of a million contacts are read in the order of an index.
    op.drop_index('ix_contact_owner_id', table_name='contact')
    op.create_index('ix_contact_owner_id_email', 'contact', ['owner_id', 'email'])
    op.create_index('ix_contact_owner_id_id', 'contact', ['owner_id', 'id'])
    op.create_index('ix_contact_source_email', 'contact', ['source', 'email'])
    op.create_index('ix_contact_company', 'contact', [sa.text('lower(company)')])
    op.create_index('ix_contact_name', 'contact', [sa.text('lower(name)'), 'id'])
    op.create_index('ix_contact_domain', 'contact', [sa.text(DOMAIN)])
    op.add_column('booking', sa.Column('crm_id', sa.String(), nullable=False, server_default=''))
    op.add_column('link', sa.Column('company_owner', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('link', sa.Column('previous_host', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('link', sa.Column('crm_owner', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('link', sa.Column('share_days', sa.Integer(), nullable=False, server_default='30'))
    op.add_column('link_host', sa.Column('paused_from', sa.Date(), nullable=True))
    op.add_column('link_host', sa.Column('paused_until', sa.Date(), nullable=True))
    op.add_column('link_host', sa.Column('max_per_day', sa.Integer(), nullable=True))
    op.add_column('link_host', sa.Column('max_per_week', sa.Integer(), nullable=True))

    op.create_table('contact_address',
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_contact_address_contact_id_contact'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('email', name=op.f('pk_contact_address'))
    )
    op.create_index(op.f('ix_contact_address_contact_id'), 'contact_address', ['contact_id'])

    op.create_index('ix_contact_address_domain', 'contact_address', [sa.text(DOMAIN)])

    op.create_table('company',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_company_owner_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company')),
    sa.UniqueConstraint('domain', name=op.f('uq_company_domain'))
    )
    op.create_index(op.f('ix_company_owner_id'), 'company', ['owner_id'])

    op.create_table('personal_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('creator_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_personal_link_contact_id_contact'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['creator_id'], ['user.id'], name=op.f('fk_personal_link_creator_id_user')),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_personal_link_link_id_link'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_link'))
    )
    op.create_index(op.f('ix_personal_link_contact_id'), 'personal_link', ['contact_id'])
    op.create_index(op.f('ix_personal_link_link_id'), 'personal_link', ['link_id'])

    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('creator_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_on', sa.Date(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['creator_id'], ['user.id'], name=op.f('fk_api_token_creator_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('hash', name=op.f('uq_api_token_hash'))
    )

    op.create_table('crm_owner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('archived', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('by_hand', sa.Boolean(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_crm_owner_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_owner'))
    )
    op.create_index('ix_crm_owner_provider_external_id', 'crm_owner', ['provider', 'external_id'], unique=True)

    op.create_table('crm_state',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_crm_state'))
    )

    op.create_table('contact_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('creator_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('dry', sa.Boolean(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['creator_id'], ['user.id'], name=op.f('fk_contact_import_creator_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_import'))
    )
    op.create_table('contact_import_part',
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['contact_import.id'], name=op.f('fk_contact_import_part_import_id_contact_import'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'number', name=op.f('pk_contact_import_part'))
    )

    op.create_table('offered_hours',
    sa.Column('link_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_offered_hours_link_id_link'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_offered_hours_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id', 'user_id', 'on', name=op.f('pk_offered_hours'))
    )


def downgrade():
    for table in (
        'offered_hours', 'contact_import_part', 'contact_import', 'crm_state', 'crm_owner', 'api_token', 'personal_link', 'company', 'contact_address'
    ):
        op.drop_table(table)
    for index in ('domain', 'name', 'company', 'source_email', 'owner_id_id', 'owner_id_email'):
        op.drop_index(f'ix_contact_{index}', table_name='contact')
    op.drop_index('ix_booking_counted', table_name='booking')
    op.create_index('ix_booking_link_id_created_at', 'booking', ['link_id', 'created_at'])
    op.create_index('ix_contact_owner_id', 'contact', ['owner_id'])
    for table, columns in (
        ('link_host', ('max_per_week', 'max_per_day', 'paused_until', 'paused_from')),
        ('link', ('share_days', 'crm_owner', 'previous_host', 'company_owner')),
        ('booking', ('crm_id',)),
        ('contact', ('forgotten_at', 'created_at', 'crm_id', 'source', 'company')),
    ):
        for column in columns:
            op.drop_column(table, column)
